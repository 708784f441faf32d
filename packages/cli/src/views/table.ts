import stringWidth from 'fast-string-width'

export interface Column<Row> {
  readonly title: string
  readonly cell: (row: Row) => string
  readonly align?: 'left' | 'right'
  /** Columns of low priority go first where the screen is narrow; the column without a number always stays and takes the rest. */
  readonly priority?: number
  /** Columns of the screen below which the cells of this one are not cut; without it they are never cut, and the column goes instead. */
  readonly least?: number
  /** Colours a cell once its width is settled. */
  readonly paint?: (text: string, row: Row) => string
}

const GAP = 2
/** Where names can be read in full, columns of lower priority than this go before a name is cut shorter. */
const ESSENTIAL_PRIORITY = 8
const READABLE_WIDTH = 32
const MIN_FLEXIBLE_WIDTH = 16

/**
 * Lines of a table that fit `width` columns of a terminal: header first.
 * @param fitted rows that decide which columns there are and how wide, where more than `rows` are known: columns then stay where they are while people scroll
 */
export function renderTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number,
  paintTitle: (text: string) => string,
  fitted: readonly Row[] = rows,
): string[] {
  const shown = fitColumns(columns, fitted, width)
  const header = shown.map(({ column, width: cellWidth }) => paintTitle(pad(column.title, cellWidth, column.align)))
  const lines = rows.map((row) =>
    shown.map(({ column, width: cellWidth }) => {
      const text = pad(truncate(column.cell(row), cellWidth), cellWidth, column.align)
      return column.paint === undefined ? text : column.paint(text, row)
    }),
  )
  return [header, ...lines].map((cells) => cells.join(' '.repeat(GAP)).trimEnd())
}

interface FittedColumn<Row> {
  readonly column: Column<Row>
  readonly width: number
}

/** Which columns are shown, and how wide: depends on the rows, so a growing table should fit once and keep it. */
function fitColumns<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number): FittedColumn<Row>[] {
  const natural = columns.map((column) => ({
    column,
    width: Math.max(stringWidth(column.title), ...rows.map((row) => stringWidth(column.cell(row)))),
  }))
  let shown = natural
  const lowest = (): number => Math.min(...shown.map(({ column }) => column.priority ?? Infinity))
  const total = (): number => {
    const least = lowest() < ESSENTIAL_PRIORITY ? READABLE_WIDTH : MIN_FLEXIBLE_WIDTH
    const needed = shown.map(({ column, width: own }) =>
      Math.min(own, column.priority === undefined ? least : leastOf(column)),
    )
    return needed.reduce((sum, own) => sum + own + GAP, -GAP)
  }
  while (total() > width && lowest() < Infinity) {
    const dropped = lowest()
    shown = shown.filter(({ column }) => column.priority !== dropped)
  }
  return shareOut(shown, width)
}

/** What the columns of fixed width leave goes to the names, as far as they need it and those that may be cut keep their least. */
function shareOut<Row>(shown: readonly FittedColumn<Row>[], width: number): FittedColumn<Row>[] {
  const least = shown.reduce(
    (sum, { column, width: own }) => sum + (column.priority === undefined ? 0 : Math.min(own, leastOf(column))) + GAP,
    -GAP,
  )
  let spare = width - least
  const names = shown.find(({ column }) => column.priority === undefined)
  const ofNames = Math.min(names?.width ?? 0, Math.max(spare, 1))
  spare -= ofNames
  return shown.map((fitted) => {
    const { column, width: own } = fitted
    if (column.priority === undefined) return { ...fitted, width: ofNames }
    const given = Math.min(own, leastOf(column) + Math.max(0, spare))
    spare -= given - Math.min(own, leastOf(column))
    return { ...fitted, width: given }
  })
}

const leastOf = <Row>({ least = Infinity }: Column<Row>): number => least

/** Cuts by columns of the terminal, not by characters: a wide character takes two. */
export function truncate(text: string, width: number): string {
  if (stringWidth(text) <= width) return text
  let kept = ''
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (stringWidth(kept + segment) > width - 1) break
    kept += segment
  }
  return `${kept}…`
}

function pad(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const blanks = ' '.repeat(Math.max(0, width - stringWidth(text)))
  return align === 'right' ? blanks + text : text + blanks
}
