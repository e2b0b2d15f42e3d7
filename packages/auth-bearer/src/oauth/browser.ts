import { spawn } from 'node:child_process'

/** Opens an address in the person's browser, and writes it to standard error where there is none. */
export async function openInBrowser(url: string): Promise<void> {
  const command = commandFor(url)
  if (command && (await starts(...command))) return
  process.stderr.write(`To log in, open this address in a browser:\n${url}\n`)
}

function commandFor(url: string): [string, string[]] | undefined {
  if (process.platform === 'darwin') return ['open', [url]]
  // Not `cmd /c start`: a shell would read the '&' of the address.
  if (process.platform === 'win32') return ['rundll32', ['url.dll,FileProtocolHandler', url]]
  return process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY'] ? ['xdg-open', [url]] : undefined
}

/** Whether the command could be started, and has not failed within a moment. */
function starts(command: string, values: string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(command, values, { detached: true, stdio: 'ignore' })
    const timer = setTimeout(() => resolve(true), 1_000)
    child.once('error', () => resolve(false))
    child.once('exit', (code) => resolve(code === 0))
    child.unref()
    timer.unref()
  })
}
