import type { MakeContext } from '../context.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import type { Invocation } from '../program.ts'

/** Loads the command that was asked for, and nothing of the others. Gives the exit code. */
export async function runCommand(
  invocation: Invocation,
  makeContext: MakeContext,
  help: () => string,
): Promise<number> {
  switch (invocation.command) {
    case 'search':
      return (await import('./search.ts')).search(await makeContext(), invocation)
    case 'show':
      return (await import('./show.ts')).show(await makeContext(), invocation)
    case 'access':
      return (await import('./access.ts')).access(await makeContext(), invocation)
    case 'get':
      return (await import('./get.ts')).get(await makeContext(), invocation)
    case 'queue add':
      return (await import('./queue-add.ts')).queueAdd(await makeContext(), invocation)
    case 'queue list':
      return (await import('./queue-list.ts')).queueList(await makeContext(), invocation)
    case 'queue run':
      return (await import('./queue-run.ts')).queueRun(await makeContext(), invocation)
    case 'queue pause':
    case 'queue resume':
    case 'queue cancel':
    case 'queue retry':
      return (await import('./queue-act.ts')).queueAct(await makeContext(), invocation)
    case 'queue log':
      return (await import('./queue-log.ts')).queueLog(await makeContext(), invocation)
    case 'watch add':
      return (await import('./watch.ts')).watchAdd(await makeContext(), invocation)
    case 'watch list':
      return (await import('./watch.ts')).watchList(await makeContext(), invocation)
    case 'watch remove':
      return (await import('./watch.ts')).watchRemove(await makeContext(), invocation)
    case 'cache ls':
      return (await import('./cache-ls.ts')).cacheLs(await makeContext(), invocation)
    case 'cache verify':
      return (await import('./cache-verify.ts')).cacheVerify(await makeContext(), invocation)
    case 'cache rm':
      return (await import('./cache-rm.ts')).cacheRm(await makeContext(), invocation)
    case 'cache prune':
      return (await import('./cache-prune.ts')).cachePrune(await makeContext(), invocation)
    case 'token status':
      return (await import('./token-status.ts')).tokenStatus(await makeContext(), invocation)
    case 'token set':
      return (await import('./token-set.ts')).tokenSet(await makeContext(), invocation)
    case 'token remove':
      return (await import('./token-remove.ts')).tokenRemove(await makeContext(), invocation)
    case 'token allow-endpoint':
      return (await import('./token-allow-endpoint.ts')).tokenAllowEndpoint(await makeContext(), invocation)
    case 'fit':
      return (await import('./fit.ts')).fit(await makeContext(), invocation)
    case 'doctor':
      return (await import('./doctor.ts')).doctor(makeContext, invocation)
    case 'start':
      return (await import('./start.ts')).start(await makeContext(), help)
    default:
      return EXIT_CODES.usage
  }
}
