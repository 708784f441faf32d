/** The two origins a download goes through. */
export type Host = 'hub' | 'cdn'
