// SPDX-License-Identifier: Apache-2.0

/// The page on which a person logs in to an application.
struct LoginPage {
  let client: String
  let users: [LabUser]
  let chosen: String?
  let problem: String?
  let hidden: [(name: String, value: String)]

  var html: String {
    Page.html(
      title: "Log in to \(client)",
      content: """
        \(Page.problem(problem))
        <form method="post" action="\(IssuerEndpoint.login.path)">
        \(Page.hidden(hidden))
        \(Page.person(users, chosen: chosen))
        <div class="actions">
        <button class="main" name="action" value="login">Log in</button>
        <button name="action" value="deny" formnovalidate>Cancel</button>
        </div>
        </form>
        """
    )
  }
}

/// The page on which a person approves a device that cannot show a browser.
struct DevicePage {
  let userCode: String
  let users: [LabUser]
  let problem: String?
  let hidden: [(name: String, value: String)]

  var html: String {
    Page.html(
      title: "Log in a device",
      content: """
        \(Page.problem(problem))
        <form method="post" action="\(IssuerEndpoint.device.path)">
        \(Page.hidden(hidden))
        <label>Code on the device
        <input type="text" name="user_code" value="\(Page.escape(userCode))" required autocomplete="off"></label>
        <p class="hint">Go on only if you started this login yourself.</p>
        \(Page.person(users, chosen: nil))
        <div class="actions">
        <button class="main" name="action" value="approve">Log in the device</button>
        <button name="action" value="deny">Refuse it</button>
        </div>
        </form>
        """
    )
  }
}
