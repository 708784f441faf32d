import { type Engine, resolveEngine } from '../memory/engine.ts'
import type { Device } from './devices.ts'

/**
 * The engine these weights would be run with on this device, where nobody says: llama.cpp for GGUF files and without a GPU,
 * MLX for its own files and on Apple chips, and else none in particular.
 */
export function chooseEngine(asked: string | undefined, quantization: string, device: Device | undefined): Engine {
  if (asked !== undefined) return resolveEngine(asked)
  if (/^MLX/i.test(quantization)) return 'mlx'
  if (isGguf(quantization) || device?.isRam) return 'llama.cpp'
  return device?.vendor === 'apple' ? 'mlx' : 'generic'
}

/** Is this the name of a GGUF file type: `Q4_K_M`, `IQ2_XXS`, `UD-Q4_K_XL`, or plain `GGUF`? */
export function isGguf(quantization: string): boolean {
  return /^(?:GGUF|(?:UD-)?I?Q\d\w*|TQ\d\w*)$/i.test(quantization)
}
