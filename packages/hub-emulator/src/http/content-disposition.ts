/** As the Hub writes it: the file's name in UTF-8, then once more for old clients. */
export function contentDisposition(kind: 'inline' | 'attachment', path: string): string {
  const name = path.split('/').at(-1) ?? path
  const plain = name.replace(/[^\x20-\x7e]/gu, '?').replaceAll('"', "'")
  return `${kind}; filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, percent)}; filename="${plain}";`
}

function percent(sign: string): string {
  return `%${sign.charCodeAt(0).toString(16).toUpperCase()}`
}
