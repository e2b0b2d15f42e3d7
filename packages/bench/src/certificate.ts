import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const file = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url))

/** For `localhost` and 127.0.0.1, signed by itself, used for nothing else. */
export const certificateFile: string = file('cert.pem')
export const certificate: string = readFileSync(certificateFile, 'utf8')
export const privateKey: string = readFileSync(file('key.pem'), 'utf8')
