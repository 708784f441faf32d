import { type Content, sizeOf } from '../files/content.ts'
import { madeUpId } from '../files/hashes.ts'
import type { EmulatedModel, RepoFile } from './model.ts'

/**
 * 40 hex that depend on where a commit stands and on every file in it: two repos of one name with other files have no commit in
 * common. Nothing is read through: a computed file is known by what it is computed from.
 */
export function commitIdOf(place: string, files: readonly RepoFile[]): string {
  return madeUpId(JSON.stringify([place, files.map(markOf)]))
}

/** The commit of a repo that is made from its model's facts, without laying out a single file: these facts decide them all. */
export function madeCommitId(model: EmulatedModel, weightScale: number): string {
  const { key, id, license, library, pipelineTag, baseModel, gatedFields, gated } = model
  const { params, architecture, modelType, config, contextLength } = model
  const card = [license, library, pipelineTag, baseModel, gatedFields, gated]
  return madeUpId(JSON.stringify([key, id, card, params, architecture, modelType, config, contextLength, weightScale]))
}

function markOf({ path, content, isLfs, announced }: RepoFile): unknown {
  return [path, isLfs, announced?.size, announced?.sha256, contentMark(content)]
}

function contentMark(content: Content): unknown {
  return content.kind === 'stored'
    ? madeUpId(content.bytes.toString('latin1'))
    : [content.seed, sizeOf(content), content.header.toString('base64')]
}
