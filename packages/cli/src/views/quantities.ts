/** `1312178` is `1.3M`: for downloads and likes, where a rough figure is enough. */
export function formatRough(count: number | undefined): string {
  return count === undefined
    ? '?'
    : new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 }).format(count)
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
