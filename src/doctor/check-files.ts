// Checks whether the folders and files of the gateway can be written, without making any of them.
import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Config } from '../config/config.ts'
import { nameOf, ok, warning } from './finding.ts'
import type { Finding } from './finding.ts'

export function checkFiles({
  stateDir,
  cacheFile,
  redis,
}: Pick<Config, 'stateDir' | 'cacheFile' | 'redis'>): readonly Finding[] {
  return [
    ...checkStateDir(stateDir, redis !== null),
    ...(cacheFile === null ? [] : [checkCacheFile(cacheFile)]),
  ]
}

function checkStateDir(folder: string | null, hasRedis: boolean): readonly Finding[] {
  if (folder === null)
    return hasRedis
      ? []
      : [
          warning(
            'files',
            'What is spent of the budget is not kept: after a restart within the minute Aurora may answer 429',
            'Set STATE_DIR to a folder that outlives the process',
          ),
        ]
  const fault = faultOfFolder(folder)
  if (fault === null && !existsSync(folder))
    return [
      warning(
        'files',
        `STATE_DIR is not there: ${folder}. No gateway with these settings has run here`,
        'A gateway makes it at its start. Where one runs already, give this command its STATE_DIR',
      ),
    ]
  return [
    fault === null
      ? ok('files', `STATE_DIR can be written: ${folder}`)
      : warning(
          'files',
          `STATE_DIR cannot be written (${fault}): ${folder}. What is spent of the budget is not kept for a restart`,
          'Let the user of the gateway write there, or set STATE_DIR to another folder',
        ),
  ]
}

function checkCacheFile(path: string): Finding {
  const fault = existsSync(path)
    ? (faultOf(path, constants.R_OK | constants.W_OK) ?? (statSync(path).isFile() ? null : 'it is no file'))
    : null
  // A file is replaced by another one that is written beside it, so its folder is checked. The gateway does not make this folder.
  const folder = dirname(resolve(path))
  const found = fault ?? (existsSync(folder) ? faultOfFolder(folder) : `there is no folder ${folder}`)
  return found === null
    ? ok('files', `CACHE_FILE can be written: ${path}`)
    : warning(
        'files',
        `CACHE_FILE cannot be read or written (${found}): ${path}. The cache begins empty at each start`,
        'Make its folder, let the user of the gateway read the file and write into the folder, or set CACHE_FILE to another path',
      )
}

/** The gateway makes a missing STATE_DIR, so the first existing folder above it is checked. */
function faultOfFolder(folder: string): string | null {
  const there = nearest(resolve(folder))
  if (!statSync(there).isDirectory()) return `${there} is no folder`
  return faultOf(there, constants.W_OK | constants.X_OK)
}

function nearest(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearest(dirname(path))
}

function faultOf(path: string, mode: number): string | null {
  try {
    accessSync(path, mode)
    return null
  } catch (error) {
    return nameOf(error)
  }
}
