// SPDX-License-Identifier: Apache-2.0

import Lab

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What `up` leaves in files for people, scripts and kubectl.
struct LabFiles {
  let kubeconfig: String
  let caFile: String
  let adminSecretFile: String
  let clientID: String
  /// The lanyard that the kubeconfig names, and whether there is one.
  let lanyard: (path: String, exists: Bool)

  /// Writes the CA certificate, the admin secret and the kubeconfig; throws `LabError.file`.
  static func write(
    _ lab: RunningLab,
    folder: String,
    kubeconfig: String?,
    lanyard: String?,
    clientID: String
  ) throws -> LabFiles {
    try PrivateFile.makeFolder(folder)
    let base = absolute(folder)
    let program = lanyardProgram(lanyard)
    let files = LabFiles(
      kubeconfig: kubeconfig.map(absolute) ?? "\(base)/kubeconfig",
      caFile: "\(base)/ca.pem",
      adminSecretFile: "\(base)/admin-secret",
      clientID: clientID,
      lanyard: program
    )
    try PrivateFile.write(lab.caPEM, to: files.caFile)
    try PrivateFile.write(lab.adminSecret + "\n", to: files.adminSecretFile)
    let arguments = LabKubeconfig.lanyardArguments(
      lab,
      clientID: clientID,
      caFile: lab.options.issuerTLS ? files.caFile : nil
    )
    try LabKubeconfig(lab, user: .exec(command: program.path, arguments: arguments))
      .write(to: files.kubeconfig)
    return files
  }

  /// The ready file's content.
  func ready(_ lab: RunningLab) -> JSONValue {
    [
      "issuer": .string(lab.issuer), "apiserver": .string(lab.apiServerURL),
      "caFile": .string(caFile), "kubeconfig": .string(kubeconfig),
      "adminSecretFile": .string(adminSecretFile), "clientID": .string(clientID),
    ]
  }

  /// What a person reads after the start.
  func welcome(_ lab: RunningLab) -> String {
    let users = lab.options.users.map { user in
      let groups = user.groups.isEmpty ? "no groups" : user.groups.joined(separator: ", ")
      return "\(user.name) (\(groups))"
    }
    let missing =
      lanyard.exists
      ? "" : "\nnote: there is no lanyard at \(lanyard.path) yet; name it with --lanyard\n"
    return """
      the lab is open until Ctrl-C
        identity provider  \(lab.issuer)
        API server         \(lab.apiServerURL)
        people             \(users.joined(separator: "; "))
        access tokens live \(lab.options.accessLifetime) s, refresh tokens \(lab.options.refreshLifetime) s
      \(missing)
      try, in another terminal:
        export KUBECONFIG=\(quoted(kubeconfig))
        kubectl get pods
        kubectl auth whoami

      log in without a browser, with the address that lanyard prints:
        \(ownName) log-in 'URL' \(person(lab))
      see what the issuer saw:
        curl -s \(lab.options.issuerTLS ? "--cacert \(quoted(caFile)) " : "")-H "Authorization: Bearer $(cat \(quoted(adminSecretFile)))" \(lab.issuer)/admin/log

      """
  }

  /// The options with which `log-in` gets in as the first user.
  private func person(_ lab: RunningLab) -> String {
    let user = lab.options.users.first ?? LabUser("alice")
    let password = user.password == user.name ? "" : " --password \(quoted(user.password))"
    let trust = lab.options.issuerTLS ? " --certificate-authority \(quoted(caFile))" : ""
    return "--user \(user.name)\(password)\(trust)"
  }

  /// What calls this program: its name where that finds it on `$PATH`, else its path.
  private var ownName: String {
    let own = Self.ownPath
    let found = ProcessRunner.find("lanyard-lab").flatMap(resolved)
    return found == own ? "lanyard-lab" : quoted(own)
  }

  /// The program given, else the one beside this program, else the one on `$PATH`, else where it
  /// would be beside this one.
  static func lanyardProgram(_ given: String?) -> (path: String, exists: Bool) {
    if let given {
      let path = absolute(given)
      return (path, ProcessRunner.find(path) != nil)
    }
    let own = ownPath
    let beside = "\(own.prefix(upTo: own.lastIndex(of: "/") ?? own.startIndex))/lanyard"
    if let found = ProcessRunner.find(beside) ?? ProcessRunner.find("lanyard") {
      return (absolute(found), true)
    }
    return (beside, false)
  }

  private static var ownPath: String {
    let own = CommandLine.arguments.first.flatMap(ProcessRunner.find) ?? "lanyard-lab"
    return resolved(own) ?? own
  }
}

/// A path that means the same from every folder.
private func absolute(_ path: String) -> String {
  path.hasPrefix("/") ? path : "\(resolved(".") ?? ".")/\(path)"
}

/// One word for a shell, whatever is in it.
private func quoted(_ text: String) -> String {
  "'" + text.replacing("'", with: #"'\''"#) + "'"
}

/// The absolute path behind all symbolic links; nil when there is nothing.
private func resolved(_ path: String) -> String? {
  guard let absolute = unsafe realpath(path, nil) else { return nil }
  defer { unsafe free(absolute) }
  return unsafe String(cString: absolute)
}

/// Hands what was printed to a reader behind a pipe, which would otherwise see it only at the end.
func flushOutput() {
  fflush(nil)
}
