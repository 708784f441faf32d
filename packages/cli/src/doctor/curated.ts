import { curatedList } from '@hubgate/core/catalog'
import type { Check } from './checkup.ts'
import { isWell } from './finding.ts'

export const curated: Check = {
  name: 'curated list',
  look() {
    const { records, asOf } = curatedList()
    return [isWell('curated list', `${records.length} models, as of ${asOf}`)]
  },
}
