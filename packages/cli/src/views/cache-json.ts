import type { CachedRepo, CacheScan, Removal, RemovalPlan, RemovedReport, Spared } from '@hubgate/core/cache'

/** The shapes `hubgate cache … --json` promises. */
export function cacheScanJson(scan: CacheScan): object {
  return {
    hubCache: scan.hubCache,
    sizeBytes: scan.repos.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    sharedStoreBytes: scan.sharedStoreBytes,
    repos: scan.repos.map(cachedRepoJson),
    strangers: scan.strangers,
  }
}

export function cachedRepoJson(repo: CachedRepo): object {
  const { type, id, folder, sizeBytes, lastUsedAt, lastModifiedAt, revisions, leftovers, problems } = repo
  return {
    type,
    id,
    folder,
    sizeBytes,
    lastUsedAt,
    lastModifiedAt,
    revisions: revisions.map(({ commitHash, refs, files, ...revision }) => ({
      commitHash,
      refs,
      files: files.map((file) => ({ path: file.path, sizeBytes: file.sizeBytes })),
      sizeBytes: revision.sizeBytes,
      lastModifiedAt: revision.lastModifiedAt,
    })),
    leftovers: leftovers.map(({ kind, path, ...leftover }) => ({
      kind: kind === 'other-tool' ? 'partial' : kind,
      tool: kind === 'other-tool' ? 'another tool' : 'hubgate',
      path,
      sizeBytes: leftover.sizeBytes,
      lastModifiedAt: leftover.lastModifiedAt,
    })),
    problems,
  }
}

/** @param report `undefined` where nothing was removed: a dry run */
export function removalJson(plan: RemovalPlan, report: RemovedReport | undefined): object {
  const removals = report?.removed ?? plan.removals
  return {
    dryRun: report === undefined,
    freedBytes: removals.reduce((sum, { freedBytes }) => sum + freedBytes, 0),
    removals: removals.map(oneRemoval),
    inUse: (report?.inUse ?? []).map(oneRemoval),
    failed: (report?.failed ?? []).map(({ removal, error }) => ({
      ...oneRemoval(removal),
      reason: error instanceof Error ? error.message : String(error),
    })),
    spared: plan.spared.map(oneSpared),
  }
}

function oneRemoval({ kind, repo, path, freedBytes, tool }: Removal): object {
  return { kind, repo: repo.id, repoType: repo.type, path, freedBytes, ...(tool === undefined ? {} : { tool }) }
}

function oneSpared({ repo, path, reason, sizeBytes }: Spared): object {
  return { repo: repo.id, repoType: repo.type, path, reason, sizeBytes }
}
