// SPDX-License-Identifier: Apache-2.0

/// The frame of every page of the lab: light and dark, no scripts, nothing loaded from elsewhere.
enum Page {
  /// A page with a form or a text; `content` is HTML, `title` is text.
  static func html(title: String, content: String) -> String {
    """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>\(escape(title))</title>
    <style>\(style)</style>
    </head>
    <body>
    <main>
    <h1>\(escape(title))</h1>
    \(content)
    </main>
    <footer>lanyard-lab: an identity provider for trying things out. It protects nothing.</footer>
    </body>
    </html>

    """
  }

  /// A page that only says something.
  static func message(_ title: String, _ text: String) -> String {
    html(title: title, content: "<p>\(escape(text))</p>")
  }

  /// Text as it may stand in HTML, in attributes too.
  ///
  /// By scalars, as a browser reads it: to Swift a quote with a combining mark is another character.
  static func escape(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { escaped, scalar in
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
  }

  /// The hidden fields of a form.
  static func hidden(_ fields: [(name: String, value: String)]) -> String {
    fields.map { field in
      "<input type=\"hidden\" name=\"\(escape(field.name))\" value=\"\(escape(field.value))\">"
    }.joined(separator: "\n")
  }

  /// A message above a form, if there is one.
  static func problem(_ text: String?) -> String {
    text.map { "<p class=\"problem\" role=\"alert\">\(escape($0))</p>" } ?? ""
  }

  /// The choice of a user, and the field for the password.
  static func person(_ users: [LabUser], chosen: String?) -> String {
    let selected = users.first { $0.name == chosen } ?? users.first
    let choices = users.map { user in
      let groups = user.groups.isEmpty ? "no groups" : user.groups.joined(separator: ", ")
      let checked = user == selected ? " checked" : ""
      return """
        <label class="user"><input type="radio" name="username" value="\(escape(user.name))" required\(checked)>
        <span>\(escape(user.name))</span> <small>\(escape(groups))</small></label>
        """
    }
    return """
      <fieldset><legend>Who are you?</legend>
      \(choices.joined(separator: "\n"))
      </fieldset>
      <label>Password <input type="password" name="password" required autofocus autocomplete="off"></label>
      <p class="hint">Unless it was set otherwise, the password is the user name.</p>
      """
  }

  private static let style = """
    :root { color-scheme: light dark; --ground: #f6f7f9; --card: #fff; --ink: #1c2733; --soft: #5b6875;
      --line: #d4dae1; --accent: #1f5fbf; --on-accent: #fff; --bad: #a61b1b; }
    @media (prefers-color-scheme: dark) { :root { --ground: #12171d; --card: #1b222b; --ink: #e8edf2;
      --soft: #9aa7b4; --line: #36424f; --accent: #7fb2ff; --on-accent: #0d1520; --bad: #ff9a8f; } }
    * { box-sizing: border-box; }
    body { margin: 0; min-height: 100vh; display: flex; flex-direction: column; align-items: center;
      justify-content: center; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
    main { width: min(24rem, calc(100vw - 2rem)); background: var(--card); border: 1px solid var(--line);
      border-radius: 12px; padding: 1.5rem; }
    h1 { font-size: 1.25rem; margin: 0 0 1rem; }
    fieldset { border: 1px solid var(--line); border-radius: 8px; padding: .25rem .75rem; margin: 0 0 1rem; }
    legend, small, .hint, footer { color: var(--soft); }
    label { display: block; } .user { padding: .35rem 0; }
    input[type=password], input[type=text] { width: 100%; font: inherit; padding: .5rem; margin-top: .25rem;
      color: inherit; background: var(--ground); border: 1px solid var(--line); border-radius: 8px; }
    .hint { font-size: .85rem; margin: .5rem 0 1rem; } .problem { color: var(--bad); }
    .actions { display: flex; gap: .75rem; }
    button { font: inherit; padding: .55rem 1.1rem; border-radius: 8px; border: 1px solid var(--line);
      background: transparent; color: inherit; cursor: pointer; }
    button.main { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
    :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
    footer { font-size: .8rem; margin: 1rem; text-align: center; }
    """
}
