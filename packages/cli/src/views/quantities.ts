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

/** A column of GiB: the head of it names the unit. Three digits are enough. */
export function formatGib(bytes: number): string {
  const value = bytes / 1024 ** 3
  return value >= 99.95 ? String(Math.round(value)) : value.toFixed(1)
}

/** How fast, in decimal units: lines are sold in them. */
export function formatRate(bytesPerSecond: number): string {
  const units = ['B/s', 'kB/s', 'MB/s', 'GB/s']
  const power = bytesPerSecond < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytesPerSecond) / 3))
  const value = bytesPerSecond / 1000 ** power
  return `${power === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${units[power]}`
}

/** How long something takes: `8s`, `2min 05s`, `3h 20min`, `2d 4h`. */
export function formatDuration(seconds: number): string {
  const whole = Math.ceil(seconds)
  if (whole < 60) return `${whole}s`
  if (whole < 3600) return `${Math.floor(whole / 60)}min ${String(whole % 60).padStart(2, '0')}s`
  const minutes = Math.ceil(seconds / 60)
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)}h ${String(minutes % 60).padStart(2, '0')}min`
  return `${Math.floor(minutes / 1440)}d ${Math.floor((minutes % 1440) / 60)}h`
}

/** `formatAge` in a sentence: `just now`, `3h ago`. */
export function agoText(asOf: string | undefined | null, now: Date): string {
  const age = formatAge(asOf, now)
  return age === 'now' ? 'just now' : `${age} ago`
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
