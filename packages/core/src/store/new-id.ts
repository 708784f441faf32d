/** A UUIDv7, which sorts by age: for rows that people and programs name. */
export async function newId(): Promise<string> {
  // Twenty files, and most runs make no row that needs one.
  const { v7 } = await import('uuid')
  return v7()
}
