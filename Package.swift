// swift-tools-version: 6.3
//
// Lanyard: keeps Kubernetes access tokens fresh and refresh tokens safe.
//
// How to read this file: packages we build on, then one section per module (alphabetical: the module, then its
// tests), then one loop at the end that gives every target of ours the same strict settings. The arrows between
// modules are exactly those of docs/architecture.md; an arrow that is not drawn there does not belong here.

import PackageDescription

// The program that people run is two files. `lanyard` answers from a ready credential and is linked as one static
// file without Foundation, because starting it must cost what starting /bin/true costs; for everything else it
// replaces itself with `lanyard-full`, which stands beside it. docs/linking.md has the measurements and says what
// each flag is for.
let hotPathLinking: [LinkerSetting] = [
  .unsafeFlags(["-static-executable"], .when(platforms: [.linux], configuration: .release))
]
let fullLinking: [LinkerSetting] = [
  .unsafeFlags(
    [
      "-static-stdlib", "-l_FoundationCollections", "-l_FoundationCShims",
      "-Xclang-linker", "-no-pie", "-Xlinker", "--gc-sections",
      "-Xlinker", "--no-export-dynamic",
    ],
    .when(platforms: [.linux], configuration: .release)
  )
]

let package = Package(
  name: "lanyard",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "lanyard", targets: ["lanyard"]),
    .executable(name: "lanyard-full", targets: ["lanyard-full"]),
    .executable(name: "lanyard-lab", targets: ["lanyard-lab"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-asn1", from: "1.7.0"),
    .package(url: "https://github.com/apple/swift-certificates", from: "1.21.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
    // Without its traits Hummingbird leaves full Foundation, and with it 34 MB of ICU, out of the lab.
    .package(
      url: "https://github.com/hummingbird-project/hummingbird",
      from: "2.28.0",
      traits: []
    ),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    // The lab checks tokens with JWTKit so that it shares no validation code with the client.
    .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.0"),
  ],
  targets: [
    // MARK: AWS: how EKS is asked, and where AWS credentials come from

    .target(
      name: "AWS",
      dependencies: [
        "Clouds", "EKSToken", "OAuth",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
      ],
      path: "Sources/Clouds/AWS"
    ),
    .testTarget(
      name: "AWSTests",
      dependencies: [
        "AWS", "Clouds", "EKSToken", "OAuth", "ReadyCredential",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
      ],
      path: "Tests/Clouds/AWSTests",
      // Read from the source tree, as those of the other clouds are.
      exclude: ["Vectors"]
    ),

    // MARK: Azure: Entra ID, managed identities and the Azure CLI's files

    .target(
      name: "Azure",
      dependencies: [
        "Clouds", "OAuth",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
      ],
      path: "Sources/Clouds/Azure"
    ),
    .testTarget(
      name: "AzureTests",
      dependencies: [
        "Azure", "Clouds", "OAuth",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
      ],
      path: "Tests/Clouds/AzureTests"
    ),

    // MARK: CLibYAML: libyaml, which gives the start and end mark of every node

    .systemLibrary(
      name: "CLibYAML",
      pkgConfig: "yaml-0.1",
      providers: [.apt(["libyaml-dev"]), .brew(["libyaml"])]
    ),

    // MARK: CPlatform: system calls that Swift's libc module does not show

    .target(name: "CPlatform"),

    // MARK: CQREncode: libqrencode, which makes QR codes

    .systemLibrary(
      name: "CQREncode",
      pkgConfig: "libqrencode",
      providers: [.apt(["libqrencode-dev"]), .brew(["qrencode"])]
    ),

    // MARK: Clouds: what obtaining a cloud's token may do to the world, and what it gives

    .target(name: "Clouds", dependencies: ["OAuth"], path: "Sources/Clouds/Shared"),

    // MARK: Commands: what people type and read

    .target(
      name: "Commands",
      dependencies: [
        "AWS", "Azure", "Clouds", "Credentials", "Google", "Host", "Kubeconfig", "OAuth",
        "ReadyCredential", "SessionStore",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
      ]
    ),
    .testTarget(
      name: "CommandsTests",
      dependencies: [
        "Clouds", "Commands", "Credentials", "Host", "Kubeconfig", "OAuth", "SessionStore",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
      ]
    ),

    // MARK: Credentials: the life of a credential

    .target(
      name: "Credentials",
      dependencies: ["Clouds", "OAuth", "ReadyCredential", "SessionStore"]
    ),
    .testTarget(
      name: "CredentialsTests",
      dependencies: [
        "Clouds", "Credentials", "OAuth", "SessionStore",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
      ]
    ),

    // MARK: EKSToken: the signed request that is a token of EKS. No Foundation, so that static keys need no other program

    .target(
      name: "EKSToken",
      dependencies: ["ReadyCredential"],
      path: "Sources/Clouds/EKSToken"
    ),

    // MARK: EndToEnd: the built programs, real kubectl, the lab

    .testTarget(
      name: "EndToEndTests",
      dependencies: ["EKSToken", "Lab", "ReadyCredential"],
      // Read from the source tree: a resource bundle would bring full Foundation in.
      exclude: ["Clouds/Wire", "Conformance/rows.tsv", "Help", "Scenarios"]
    ),

    // MARK: Fuzz: the seeds of the fuzzers, as tests. scripts/fuzz compiles the same targets with libFuzzer

    .testTarget(
      name: "FuzzTests",
      dependencies: [
        "AWS", "Azure", "Clouds", "EKSToken", "Google", "Kubeconfig", "OAuth",
        .product(name: "HTTPTypes", package: "swift-http-types"),
      ],
      path: "Fuzz",
      exclude: ["Corpus", "Dictionaries", "Program"],
      sources: ["Targets", "Tests"]
    ),

    // MARK: Google: Application Default Credentials and gcloud's own sign-in

    .target(
      name: "Google",
      dependencies: [
        "Clouds", "EKSToken", "OAuth", "ReadyCredential",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
      ],
      path: "Sources/Clouds/Google"
    ),
    .testTarget(
      name: "GoogleTests",
      dependencies: [
        "Clouds", "Google", "OAuth",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
      ],
      path: "Tests/Clouds/GoogleTests",
      // Read from the source tree, as those of the other clouds are.
      exclude: ["Vectors"]
    ),

    // MARK: Host: effects

    .target(
      name: "Host",
      dependencies: [
        "CPlatform", "CQREncode",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ]
    ),
    .testTarget(
      name: "HostTests",
      dependencies: [
        "Host",
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ]
    ),

    // MARK: Kubeconfig: Kubernetes' client formats

    .target(name: "Kubeconfig", dependencies: ["CLibYAML", "ReadyCredential"]),
    .testTarget(name: "KubeconfigTests", dependencies: ["Kubeconfig"]),

    // MARK: Lab: an identity provider and an API server in a box

    .target(
      name: "Lab",
      dependencies: [
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "HummingbirdTLS", package: "hummingbird"),
        .product(name: "JWTKit", package: "jwt-kit"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "SwiftASN1", package: "swift-asn1"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
        .product(name: "X509", package: "swift-certificates"),
      ]
    ),
    .testTarget(
      name: "LabTests",
      dependencies: ["Lab", .product(name: "Crypto", package: "swift-crypto")]
    ),

    // MARK: OAuth: the RFCs

    .target(
      name: "OAuth",
      dependencies: [
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
      ]
    ),
    .testTarget(
      name: "OAuthTests",
      dependencies: [
        "OAuth",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
      ]
    ),

    // MARK: ReadyCredential: the hot path. No Foundation

    .target(name: "ReadyCredential"),
    .testTarget(
      name: "ReadyCredentialTests",
      dependencies: ["ReadyCredential", .product(name: "Crypto", package: "swift-crypto")]
    ),

    // MARK: SessionStore: files, encryption, generations, crash safety

    .target(
      name: "SessionStore",
      dependencies: [.product(name: "Crypto", package: "swift-crypto")]
    ),
    .testTarget(name: "SessionStoreTests", dependencies: ["SessionStore"]),

    // MARK: executables

    .executableTarget(
      name: "lanyard",
      dependencies: ["EKSToken", "ReadyCredential"],
      linkerSettings: hotPathLinking
    ),
    .executableTarget(
      name: "lanyard-full",
      dependencies: ["Commands"],
      linkerSettings: fullLinking
    ),
    .executableTarget(
      name: "lanyard-lab",
      dependencies: [
        "Lab", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      linkerSettings: fullLinking
    ),
  ]
)

// MARK: one set of settings for every target of ours

for target in package.targets where target.type != .system {
  target.swiftSettings = [
    .enableUpcomingFeature("ExistentialAny"),  // SE-0335
    .enableUpcomingFeature("ImmutableWeakCaptures"),  // SE-0481
    .enableUpcomingFeature("InferIsolatedConformances"),  // SE-0470
    .enableUpcomingFeature("InternalImportsByDefault"),  // SE-0409
    .enableUpcomingFeature("MemberImportVisibility"),  // SE-0444
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),  // SE-0461
    .strictMemorySafety(),  // SE-0458
    .treatAllWarnings(as: .error),  // SE-0443
  ]
}
