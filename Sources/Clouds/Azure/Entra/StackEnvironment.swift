// SPDX-License-Identifier: Apache-2.0

package import Clouds
import OAuth

/// The file that `AZURE_ENVIRONMENT_FILEPATH` names, with the endpoints of an Azure Stack.
///
/// Source: go-autorest `autorest/azure/environments.go`, whose names it has.
package enum StackEnvironment {
  /// The variable with the file's path.
  package static let variable = "AZURE_ENVIRONMENT_FILEPATH"
  /// Real ones have some 2 KB.
  private static let limit = 64 * 1024

  /// The host of the Stack's Entra ID.
  ///
  /// Throws `configuration` if the variable is not set, or the file is missing, too large or names none.
  package static func authorityHost(_ effects: CloudEffects) throws(CloudError) -> AuthorityHost {
    guard let path = effects.environment[variable] else {
      throw CloudError(
        .configuration,
        "\(AzureCloud.stackName) needs \(variable), which is not set",
        remedy: "set it to the file with the endpoints of your Azure Stack"
      )
    }
    guard let bytes = try effects.readFile(path, limit) else {
      throw CloudError(
        .configuration,
        "the file that \(variable) names cannot be read: \(path)",
        remedy: "check the path; the file has at most 64 KB"
      )
    }
    return try authorityHost(in: bytes, path)
  }

  static func authorityHost(in bytes: [UInt8], _ path: String) throws(CloudError) -> AuthorityHost {
    guard let json = try? StrictJSON(parsing: VendorText.withoutMark(bytes)),
      let endpoint = json["activeDirectoryEndpoint"]?.string
    else {
      throw CloudError(
        .configuration,
        "\(path) names no activeDirectoryEndpoint",
        remedy: "write it as for Azure/kubelogin: {\"activeDirectoryEndpoint\": \"https://…\"}"
      )
    }
    return try AuthorityHost(endpoint, named: "activeDirectoryEndpoint")
  }
}

/// Vendors' text files.
enum VendorText {
  /// Without the byte order mark that Microsoft's tools write before UTF-8.
  static func withoutMark(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
    bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
  }

  /// A file's one token, without the white space around it: tools write a line end behind it.
  static func token(_ bytes: [UInt8]) -> String? {
    let isSpace: (UInt8) -> Bool = { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
    var slice = withoutMark(bytes)
    while let last = slice.last, isSpace(last) { slice.removeLast() }
    slice = slice.drop(while: isSpace)
    guard !slice.isEmpty, slice.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
    return String(decoding: slice, as: UTF8.self)
  }
}
