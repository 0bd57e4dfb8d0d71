// SPDX-License-Identifier: Apache-2.0
import AsyncHTTPClient
import NIOPosix
import NIOSSL

package func hostStub() { _ = HTTPClient.shared }
