// The file in which the cache outlives a restart, where the settings name one.
import type { CacheFile, CacheFileOptions } from '../cache/cache-file.ts'
import type { Config } from '../config/config.ts'

interface Parts extends Pick<CacheFileOptions, 'cache' | 'position' | 'clock' | 'emit'> {
  readonly isSimulated: boolean
}

/** It takes a while to load what reads and writes it, so it is loaded for this alone. */
export async function openCacheFile(
  config: Config,
  { isSimulated, ...parts }: Parts,
): Promise<CacheFile | null> {
  if (config.cacheFile === null) return null
  const { createCacheFile } = await import('../cache/cache-file.ts')
  return createCacheFile({
    ...parts,
    path: config.cacheFile,
    source: isSimulated ? 'simulator' : config.auroraBaseUrl.href,
    maxBytes: config.cacheMaxBytes,
  })
}
