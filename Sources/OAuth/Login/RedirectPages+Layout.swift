// SPDX-License-Identifier: Apache-2.0

extension RedirectPages {
  /// The page around texts that are HTML already.
  static func page(_ words: Words, body: String, table: String) -> String {
    """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="robots" content="noindex">
    <title>\(words.title) · lanyard</title>
    <style>\(style)</style>
    </head>
    <body class="\(words.mood.rawValue)">
    <main>
    \(icon(words.mood))
    <h1>\(words.title)</h1>
    \(body)
    \(table)
    <footer>lanyard · login for Kubernetes</footer>
    </main>
    </body>
    </html>

    """
  }

  /// A sign that says the same as the title, for eyes only.
  private static func icon(_ mood: Mood) -> String {
    let stroke =
      switch mood {
      case .good: "M15 25l6.5 6.5L34 18"
      case .waiting: "M24 14v11l7 5"
      case .bad: "M24 14v13M24 33.5v.5"
      }
    return """
      <svg viewBox="0 0 48 48" width="48" height="48" aria-hidden="true" focusable="false">\
      <circle cx="24" cy="24" r="23"/><path d="\(stroke)"/></svg>
      """
  }

  /// All of it in one element, whose hash the policy allows; so no attribute may hold a style.
  static let style = """
    :root{color-scheme:light dark;--back:#eef1f5;--card:#fff;--line:#dde3ea;--text:#17202b;\
    --soft:#566373;--good:#157347;--waiting:#1f5fbf;--bad:#b02a2a}
    @media (prefers-color-scheme:dark){:root{--back:#0e1319;--card:#181f28;--line:#2b3542;\
    --text:#e8edf3;--soft:#9fadbc;--good:#4cc38a;--waiting:#7db1ff;--bad:#ff8a80}}
    *{box-sizing:border-box}
    body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem;\
    background:var(--back);color:var(--text);font:1rem/1.55 system-ui,sans-serif;--mood:var(--bad)}
    .good{--mood:var(--good)}
    .waiting{--mood:var(--waiting)}
    main{max-width:32rem;width:100%;padding:2.25rem 2.25rem 1.5rem;border-radius:1rem;\
    background:var(--card);border:1px solid var(--line);border-top:.3rem solid var(--mood)}
    svg{display:block;margin:0 0 1rem;fill:none;stroke:var(--mood);stroke-width:3;\
    stroke-linecap:round;stroke-linejoin:round}
    circle{fill:var(--mood);fill-opacity:.12;stroke:none}
    h1{margin:0 0 .75rem;font-size:1.5rem;line-height:1.25}
    p{margin:0 0 .75rem}
    .reason{padding:.5rem .75rem;border-left:.25rem solid var(--mood);background:var(--back);\
    overflow-wrap:anywhere}
    dl{margin:1.5rem 0 0;border-top:1px solid var(--line)}
    dl div{display:grid;grid-template-columns:5.5rem 1fr;gap:.75rem;padding:.5rem 0;\
    border-bottom:1px solid var(--line)}
    dt{color:var(--soft)}
    dd{margin:0;overflow-wrap:anywhere}
    footer{margin:1.5rem 0 0;color:var(--soft);font-size:.85rem}
    """
}
