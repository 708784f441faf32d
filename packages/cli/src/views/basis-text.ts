const basisTexts: Readonly<Record<string, string>> = {
  files: "from its files' sizes",
  header: "from its files' headers",
  config: 'from its config',
  'params-only': 'from its parameter count alone',
}

/** Where a memory figure comes from, in words. */
export function basisText(basis: string): string {
  return basisTexts[basis] ?? basis
}
