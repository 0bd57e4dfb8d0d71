// SPDX-License-Identifier: Apache-2.0

/// A program that may show an address, and the way to tell it which.
package struct BrowserLauncher: Sendable, Equatable {
  /// Where it may lie, in order.
  package var paths: [String]
  /// Its arguments; `%s` in one of them is where the address goes, and without any it comes last.
  package var arguments: [String] = []
  /// Whether it hands its argument to PowerShell.
  package var isPowerShell = false
  /// Whether it ends with any status although it has done what it should, as Windows' explorer.exe does.
  package var statusSaysNothing = false

  /// A launcher from its parts.
  package init(
    paths: [String],
    arguments: [String] = [],
    isPowerShell: Bool = false,
    statusSaysNothing: Bool = false
  ) {
    self.paths = paths
    self.arguments = arguments
    self.isPowerShell = isPowerShell
    self.statusSaysNothing = statusSaysNothing
  }

  /// The arguments with which it is started.
  package func arguments(for address: BrowserAddress) -> [String] {
    let text = isPowerShell ? address.forPowerShell : address.text
    var isPlaced = false
    var filled: [String] = []
    for argument in arguments {
      let (word, hasAddress) = Self.fill(argument, text)
      isPlaced = isPlaced || hasAddress
      filled.append(word)
    }
    return isPlaced ? filled : filled + [text]
  }

  /// A word with the address for `%s`, a colon for `%c` and a percent sign for `%%`.
  private static func fill(_ word: String, _ address: String) -> (word: String, hasAddress: Bool) {
    var filled = ""
    var hasAddress = false
    var rest = word[...]
    while let character = rest.popFirst() {
      switch character == "%" ? rest.first : nil {
      case "s":
        filled += address
        hasAddress = true
      case "c": filled += ":"
      case "%": filled += "%"
      default:
        filled.append(character)
        continue
      }
      rest.removeFirst()
    }
    return (filled, hasAddress)
  }

  /// The programs to try, best first.
  package static func candidates(
    environment: [String: String],
    surroundings: Surroundings,
    allowBrowserVariable: Bool,
    isMac: Bool
  ) -> [BrowserLauncher] {
    let folders = searchPath(environment, trusted: allowBrowserVariable)
    func onPath(_ name: String) -> [String] {
      name.contains("/") ? [name] : folders.map { "\($0)/\(name)" }
    }
    var found: [BrowserLauncher] = []
    if allowBrowserVariable {
      found += browserVariable(environment).map { words in
        BrowserLauncher(paths: onPath(words[0]), arguments: Array(words.dropFirst()))
      }
    }
    if isMac {
      if !surroundings.isSSH { found.append(BrowserLauncher(paths: ["/usr/bin/open"])) }
      return found
    }
    if surroundings.isWSL {
      // Before xdg-open, which in WSL finds a Linux browser whose loopback is another or none at all.
      found.append(BrowserLauncher(paths: onPath("wslview"), isPowerShell: true))
      let explorer = "/mnt/c/Windows/explorer.exe"
      found.append(
        BrowserLauncher(paths: [explorer], isPowerShell: true, statusSaysNothing: true)
      )
    }
    if surroundings.hasDisplay {
      found += ["xdg-open", "sensible-browser", "x-www-browser"].map {
        BrowserLauncher(paths: onPath($0))
      }
    }
    return found
  }

  /// The command lines that `BROWSER` holds, each in words.
  ///
  /// The convention is a list that colons separate, of commands in which `%s` stands for the address. There is no shell
  /// to read quotes, so blanks alone separate words. A program is a name to be looked up or an absolute path: nothing
  /// is run that lies wherever kubectl was started.
  private static func browserVariable(_ environment: [String: String]) -> [[String]] {
    (environment["BROWSER"] ?? "").split(separator: ":").compactMap { entry in
      let words = entry.split(whereSeparator: \.isWhitespace).map(String.init)
      guard let program = words.first, !program.contains("%"), !program.hasPrefix("-"),
        program.hasPrefix("/") || !program.contains("/")
      else { return nil }
      return words
    }
  }

  /// The folders in which programs lie if the environment may not say so.
  package static let systemFolders = [
    "/usr/local/bin", "/usr/bin", "/bin", "/run/current-system/sw/bin",
  ]

  private static func searchPath(_ environment: [String: String], trusted: Bool) -> [String] {
    guard trusted, let path = environment["PATH"], !path.isEmpty else { return systemFolders }
    return path.split(separator: ":").map(String.init).filter { $0.hasPrefix("/") }
  }
}
