/**
 * `1312178` is `1.3M`: for downloads and likes, where a rough figure is enough.
 * Not `Intl.NumberFormat`: loading its data takes 20 ms, a tenth of what a search may take.
 */
export function formatRough(count: number | undefined): string {
  if (count === undefined) return '?'
  const units = ['', 'K', 'M', 'B', 'T']
  // 999,950 is already 1M: what counts is the number as it will be shown.
  const power = units.findLastIndex((_, index) => count >= 999.95 * 1000 ** (index - 1))
  if (power < 1) return String(count)
  return `${Number((count / 1000 ** power).toFixed(1))}${units[power]}`
}

/** Bytes for people, in binary units: memory is sold and measured in them. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10))
  const value = bytes / 1024 ** power
  return `${power === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${units[power]}`
}

/** How long ago something was seen: `now`, `5min`, `3h`, `2d`, `6mo`, `2y`; `?` where nobody wrote it down. */
export function formatAge(asOf: string | undefined | null, now: Date): string {
  const moment = asOf === undefined || asOf === null ? Number.NaN : Date.parse(asOf)
  if (Number.isNaN(moment)) return '?'
  const minutes = Math.max(0, (now.getTime() - moment) / 60_000)
  if (minutes < 2) return 'now'
  if (minutes < 120) return `${Math.floor(minutes)}min`
  const hours = minutes / 60
  if (hours < 48) return `${Math.floor(hours)}h`
  const days = hours / 24
  if (days < 60) return `${Math.floor(days)}d`
  return days < 730 ? `${Math.floor(days / 30.44)}mo` : `${Math.floor(days / 365.25)}y`
}
