/** The one page that a person sees of this program. It holds nothing of what was sent. */
export function page(text: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Login</title>
<style>body { font: 1.2em/1.5 system-ui, sans-serif; margin: 15vh auto; max-width: 30em; padding: 0 1em }</style>
<p>${text}</p>
</html>
`
}
