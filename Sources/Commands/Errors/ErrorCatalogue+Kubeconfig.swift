// SPDX-License-Identifier: Apache-2.0

import Kubeconfig

extension ErrorCatalogue {
  /// Failures of kubeconfigs and of what kubectl hands over.
  static func entry(_ code: KubeconfigError.Code) -> Entry {
    switch code {
    case .fileMissing: KubeconfigEntries.fileMissing
    case .fileUnreadable: KubeconfigEntries.fileUnreadable
    case .tooLarge: KubeconfigEntries.tooLarge
    case .malformed: KubeconfigEntries.malformed
    case .duplicateName: KubeconfigEntries.duplicateName
    case .noCurrentContext: KubeconfigEntries.noCurrentContext
    case .noSuchContext: KubeconfigEntries.noSuchContext
    case .noSuchUser: KubeconfigEntries.noSuchUser
    case .execInfoMalformed: KubeconfigEntries.execInfoMalformed
    case .execInfoVersion: KubeconfigEntries.execInfoVersion
    }
  }
}

private enum KubeconfigEntries {
  static let fileMissing = ErrorCatalogue.Entry(
    "kubeconfig.file-missing",
    meaning: "--kubeconfig names a file that does not exist",
    cause: "a typing error",
    remedy: "check the path"
  )
  static let fileUnreadable = ErrorCatalogue.Entry(
    "kubeconfig.file-unreadable",
    meaning: "a kubeconfig exists and cannot be read",
    cause: "it belongs to somebody else, or is a folder",
    remedy: "check its owner and mode"
  )
  static let tooLarge = ErrorCatalogue.Entry(
    "kubeconfig.too-large",
    meaning: "a kubeconfig or KUBERNETES_EXEC_INFO is larger than anything honest",
    cause: "another file, or a huge CA bundle in the cluster",
    remedy: "check the file; or set provideClusterInfo: false"
  )
  static let malformed = ErrorCatalogue.Entry(
    "kubeconfig.malformed",
    meaning: "a file is no kubeconfig",
    cause: "not YAML, or a member of the wrong kind",
    remedy: "correct it at the line that the message names"
  )
  static let duplicateName = ErrorCatalogue.Entry(
    "kubeconfig.duplicate-name",
    meaning: "one file defines a name twice",
    cause: "files were joined by hand",
    remedy: "remove one of the two"
  )
  static let noCurrentContext = ErrorCatalogue.Entry(
    "kubeconfig.no-current-context",
    meaning: "no context was named, and no file sets one",
    cause: "a new kubeconfig",
    remedy: "kubectl config use-context NAME, or name one"
  )
  static let noSuchContext = ErrorCatalogue.Entry(
    "kubeconfig.no-such-context",
    meaning: "no file defines the context",
    cause: "a typing error, or KUBECONFIG names other files",
    remedy: "kubectl config get-contexts shows those that there are"
  )
  static let noSuchUser = ErrorCatalogue.Entry(
    "kubeconfig.no-such-user",
    meaning: "the context names no user, or one that no file defines",
    cause: "the user was removed or renamed",
    remedy: "kubectl config set-context NAME --user=USER"
  )
  static let execInfoMalformed = ErrorCatalogue.Entry(
    "kubeconfig.exec-info-malformed",
    meaning: "KUBERNETES_EXEC_INFO is not what client-go writes",
    cause: "the variable was set by hand",
    remedy: "unset it; kubectl sets it by itself"
  )
  static let execInfoVersion = ErrorCatalogue.Entry(
    "kubeconfig.exec-info-version",
    meaning: "KUBERNETES_EXEC_INFO asks for a version that lanyard does not speak",
    cause: "v1alpha1 in an old kubeconfig",
    remedy: "set apiVersion: client.authentication.k8s.io/v1 for the user's exec"
  )
}
