// SPDX-License-Identifier: Apache-2.0

/// Plays the person in front of a browser: opens pages, keeps cookies, fills in the real forms,
/// follows redirects.
package actor BrowserDriver {
  /// How the person answers the login page.
  package struct Person: Sendable {
    package let user: String
    package let password: String
    /// Whether to press the button that refuses.
    package let refuses: Bool

    /// A person whose password is the user name, unless given.
    package init(_ user: String, password: String? = nil, refuses: Bool = false) {
      self.user = user
      self.password = password ?? user
      self.refuses = refuses
    }
  }

  /// What the browser shows at the end.
  package struct Page: Sendable {
    /// The address of the page.
    package let url: String
    package let status: Int
    package let html: String

    /// The page's form, if it has one.
    package var form: HTMLForm? { HTMLForm(in: html) }
  }

  /// What a page was that a person answered.
  package enum Answered: Sendable {
    /// The login page; the answer led to a page of the application.
    case login(callback: Page)
    /// The device page.
    case device
  }

  private let client: WebClient
  private var cookies: [String: [String: String]] = [:]

  /// A new browser without cookies.
  ///
  /// `caPEM` is what it trusts besides nothing, for a lab with TLS.
  package init(caPEM: String? = nil) throws {
    client = try WebClient(caPEM: caPEM)
  }

  /// Closes the browser.
  ///
  /// It cannot be used again.
  package func close() async {
    await client.close()
  }

  /// Opens a browser for the time of `body`.
  package static func with<Result: Sendable>(
    caPEM: String? = nil,
    _ body: (BrowserDriver) async throws -> Result
  ) async throws -> Result {
    let browser = try BrowserDriver(caPEM: caPEM)
    do {
      let result = try await body(browser)
      await browser.close()
      return result
    } catch {
      await browser.close()
      throw error
    }
  }

  /// Logs in: opens an authorization URL, answers the login page and follows its redirect to the
  /// application's callback.
  ///
  /// Gives the callback's page. Throws `LabError.unexpectedPage` when there is no login form, or
  /// when it comes back because the name or the password was wrong.
  package func logIn(at url: String, as person: Person) async throws -> Page {
    try await arrive(answerLogin(open(url, stoppingOutside: true), as: person))
  }

  /// Answers the page that an address shows, whichever it is.
  ///
  /// Throws as `logIn` and `answerDevice` do.
  package func answer(at url: String, as person: Person) async throws -> Answered {
    let start = try await open(url, stoppingOutside: true)
    if start.redirect == nil, start.page.form?.names.contains("user_code") == true {
      _ = try await answerDevice(start.page, as: person)
      return .device
    }
    return .login(callback: try await arrive(answerLogin(start, as: person)))
  }

  /// Goes where the answer to a login page leads.
  private func arrive(_ answer: (page: Page, redirect: String?)) async throws -> Page {
    if let callback = answer.redirect { return try await open(callback) }
    return try await submit(answer.page, [:]).page
  }

  /// Like `logIn`, for a response that comes as a form (`response_mode=form_post`): stops before the
  /// form is sent, and gives its address and fields.
  package func authorizeByForm(at url: String, as person: Person) async throws
    -> (action: String, fields: FormFields)
  {
    let (page, _) = try await answerLogin(open(url, stoppingOutside: true), as: person)
    guard let form = page.form, form.names.isEmpty else {
      throw LabError(.unexpectedPage, "the answer \(page.status) is no form that sends itself")
    }
    return (form.action, form.filled([:]))
  }

  /// Like `logIn`, but stops at the redirect and gives the callback's URL, code and all, without
  /// opening it.
  package func authorize(at url: String, as person: Person) async throws -> String {
    let answer = try await answerLogin(open(url, stoppingOutside: true), as: person)
    guard let callback = answer.redirect else {
      throw LabError(
        .unexpectedPage,
        "the login page answered \(answer.page.status) and not a redirect",
        remedy: "check user name and password"
      )
    }
    return callback
  }

  /// Answers the login page, if that is what an authorization URL showed: gives the redirect out of
  /// the issuer, or the page with the form that goes there.
  private func answerLogin(_ start: (page: Page, redirect: String?), as person: Person)
    async throws -> (page: Page, redirect: String?)
  {
    if start.redirect != nil || Self.sendsItself(start.page) { return start }
    let answer = try await submit(
      start.page,
      ["username": person.user, "password": person.password],
      pressing: person.refuses ? "deny" : nil
    )
    guard answer.redirect != nil || Self.sendsItself(answer.page) else {
      throw LabError(
        .unexpectedPage,
        "the login page answered \(answer.page.status) and not a redirect",
        remedy: "check user name and password"
      )
    }
    return answer
  }

  /// Whether a page is a form with nothing to fill in, which a browser would send by itself.
  private static func sendsItself(_ page: Page) -> Bool {
    page.form.map { $0.names.isEmpty && $0.method == "post" } ?? false
  }

  /// Approves (or refuses) a device: opens the device page and answers its form.
  ///
  /// `url` is `verification_uri_complete`, or `verification_uri` together with a user code. Throws
  /// `LabError.unexpectedPage` when the page asks again.
  package func answerDevice(at url: String, userCode: String? = nil, as person: Person)
    async throws -> Page
  {
    try await answerDevice(open(url), userCode: userCode, as: person)
  }

  private func answerDevice(_ page: Page, userCode: String? = nil, as person: Person) async throws
    -> Page
  {
    var answers = ["username": person.user, "password": person.password]
    if let userCode { answers["user_code"] = userCode }
    let answer = try await submit(page, answers, pressing: person.refuses ? "deny" : nil)
    guard answer.page.status == 200 else {
      throw LabError(
        .unexpectedPage,
        "the device page answered \(answer.page.status)",
        remedy: "check the code, the user name and the password"
      )
    }
    return answer.page
  }

  /// Opens a page and follows up to ten redirects.
  package func open(_ url: String) async throws -> Page {
    try await open(url, stoppingOutside: false).page
  }

  /// Fills in a page's form and sends it; stops at a redirect to somewhere else.
  ///
  /// Throws `LabError.unexpectedPage` when the page has no form or not all of the fields.
  package func submit(_ page: Page, _ answers: [String: String], pressing: String? = nil)
    async throws -> (page: Page, redirect: String?)
  {
    guard let form = page.form, let address = WebAddress(page.url) else {
      throw LabError(
        .unexpectedPage,
        "the page at \(Self.withoutQuery(page.url)) (status \(page.status)) has no form"
      )
    }
    let missing = Set(answers.keys).subtracting(form.names)
    guard missing.isEmpty else {
      throw LabError(
        .unexpectedPage,
        "the form has no field \(missing.sorted().joined(separator: ", "))"
      )
    }
    let target = address.resolving(form.action)
    let fields = form.filled(answers, pressing: pressing)
    return try await follow(target, form: fields, origin: address.origin)
  }

  private func open(_ url: String, stoppingOutside: Bool) async throws -> (
    page: Page, redirect: String?
  ) {
    guard let address = WebAddress(url) else {
      throw LabError(.badOption, "\"\(Self.withoutQuery(url))\" is no web address")
    }
    return try await follow(url, form: nil, origin: stoppingOutside ? address.origin : nil)
  }

  /// Requests a page, then what it redirects to.
  ///
  /// With `origin`, a redirect to elsewhere is not followed but given back.
  private func follow(_ url: String, form: FormFields?, origin: String?) async throws
    -> (page: Page, redirect: String?)
  {
    var url = url
    var form = form
    for _ in 0..<10 {
      let (page, location) = try await fetch(url, form: form)
      guard let location, let address = WebAddress(url) else { return (page, nil) }
      let next = address.resolving(location)
      if let origin, WebAddress(next)?.origin != origin { return (page, next) }
      url = next
      form = nil
    }
    throw LabError(.unexpectedPage, "more than ten redirects in a row")
  }

  private func fetch(_ url: String, form: FormFields?) async throws -> (Page, location: String?) {
    guard let address = WebAddress(url) else {
      throw LabError(.unexpectedPage, "redirected to something that is no web address")
    }
    let jar = (cookies[address.origin] ?? [:]).map { "\($0.key)=\($0.value)" }
    let answer = try await client.send(
      url,
      headers: jar.isEmpty ? [] : [(name: "cookie", value: jar.joined(separator: "; "))],
      form: form
    )
    for header in answer.headers where header.name == "set-cookie" {
      keep(header.value, of: address.origin)
    }
    let page = Page(url: url, status: answer.status, html: answer.body)
    let redirects = (300..<400).contains(page.status)
    return (page, redirects ? answer.header("location") : nil)
  }

  private func keep(_ setCookie: String, of origin: String) {
    let pair = setCookie.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1)
    guard pair.count == 2 else { return }
    cookies[origin, default: [:]][String(pair[0])] = String(pair[1])
  }

  private static func withoutQuery(_ url: String) -> String {
    String(url.prefix { $0 != "?" })
  }
}
