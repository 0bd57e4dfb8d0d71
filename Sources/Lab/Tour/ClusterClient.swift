// SPDX-License-Identifier: Apache-2.0

/// What runs `get pods`: kubectl, or a small client of the lab's own where there is none.
struct ClusterClient: Sendable {
  /// Whose credential the request carries.
  enum User: Sendable {
    /// lanyard is run for one.
    case lanyard
    /// The token that was pasted into the second kubeconfig.
    case pasted(PastedToken)
  }

  let kubectl: String?
  let lab: RunningLab
  let place: TourPlace
  let lanyard: String

  /// The command as it is shown.
  func command(_ user: User) -> String {
    let name = kubectl == nil ? "(own client)" : "kubectl"
    return switch user {
    case .lanyard: "\(name) get pods"
    case .pasted: "\(name) --kubeconfig $T/pasted get pods"
    }
  }

  /// What kubectl calls itself, such as `v1.32.4`; nil without kubectl.
  ///
  /// Throws `LabError.process` when the kubectl that there is does not run, or is none.
  func version() async throws -> String? {
    guard let kubectl else { return nil }
    let remedy = "repair it, or take it off PATH: the tour brings a small client of its own"
    let result: ProcessRunner.Result
    do {
      result = try await ProcessRunner.run(
        [kubectl, "version", "--client"],
        environment: place.environment
      )
    } catch let error as LabError {
      throw LabError(.process, "\(kubectl) does not run: \(error.message)", remedy: remedy)
    }
    let lines = (result.output + result.errors).split(separator: "\n")
    guard result.status == 0, let line = lines.first(where: { $0.hasPrefix("Client Version:") })
    else {
      let said = lines.first.map { ": \($0)" } ?? ""
      throw LabError(
        .process,
        "`\(kubectl) version --client` ended with exit code \(result.status) and told no version\(said)",
        remedy: remedy
      )
    }
    return String(line.drop { $0 != ":" }.dropFirst().trimmingPrefix(" "))
  }

  /// Runs `get pods`.
  func getPods(_ user: User) async throws -> ProcessRunner.Result {
    guard let kubectl else { return try await ownGetPods(user) }
    var arguments = [kubectl]
    if case .pasted = user { arguments += ["--kubeconfig", place.pastedKubeconfig] }
    return try await ProcessRunner.run(
      arguments + ["get", "pods"],
      environment: place.environment
    )
  }

  /// As kubectl does it: run the plugin, take the token out of its ExecCredential, ask.
  private func ownGetPods(_ user: User) async throws -> ProcessRunner.Result {
    let token: String
    switch user {
    case .pasted(let pasted):
      token = pasted.text
    case .lanyard:
      var environment = place.environment
      environment["KUBERNETES_EXEC_INFO"] =
        #"{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","#
        + #""spec":{"interactive":false}}"#
      let result = try await ProcessRunner.run(
        [lanyard] + place.lanyardArguments,
        environment: environment
      )
      guard result.status == 0 else {
        let errors = result.errors + "lanyard failed with exit code \(result.status)\n"
        return .init(status: 1, output: "", errors: errors)
      }
      token = try PastedToken(credential: result.output).text
    }
    return try await ask(token)
  }

  private func ask(_ token: String) async throws -> ProcessRunner.Result {
    let web = try WebClient(caPEM: lab.caPEM)
    let answer: WebClient.Answer
    do {
      answer = try await web.send(
        lab.apiServerURL + "/api/v1/namespaces/default/pods",
        headers: [(name: "authorization", value: "Bearer \(token)")]
      )
      await web.close()
    } catch {
      await web.close()
      throw error
    }
    let json = try answer.json()
    guard answer.status == 200 else {
      let message = json["message"]?.string ?? ""
      return .init(status: 1, output: "", errors: "error: \(answer.status) \(message)\n")
    }
    let names = (json["items"]?.array ?? []).compactMap { $0["metadata"]?["name"]?.string }
    return .init(status: 0, output: "NAME\n" + names.map { $0 + "\n" }.joined(), errors: "")
  }
}

/// A copy of a token; its description does not tell it.
struct PastedToken: Sendable, CustomStringConvertible {
  let text: String

  /// Takes the token out of an ExecCredential; throws `LabError.process` when it has none.
  init(credential: String) throws {
    guard let json = try? JSONValue.parse(credential), json["kind"]?.string == "ExecCredential",
      let token = json["status"]?["token"]?.string
    else { throw LabError(.process, "lanyard printed no ExecCredential with a token") }
    text = token
  }

  var description: String { "\(text.prefix(6))…" }

  /// Text with the token cut to its first characters.
  func hidden(in output: String) -> String { output.replacing(text, with: description) }
}
