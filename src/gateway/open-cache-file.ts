// The file in which the cache outlives a restart, if the settings name one.
import type { CacheFile, CacheFileOptions } from '../cache/cache-file.ts'
import type { Config } from '../config/config.ts'

interface Parts extends Pick<CacheFileOptions, 'cache' | 'position' | 'clock' | 'emit'> {
  readonly isSimulated: boolean
}

/** The code for the file takes a while to load, so it is loaded only if there is a file. */
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
