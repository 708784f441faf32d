import type { HubClient } from './client.ts'

/** Whatever can ask the Hub: the client itself, or something that stands before it. */
export type HubSender = Pick<HubClient, 'send'>
