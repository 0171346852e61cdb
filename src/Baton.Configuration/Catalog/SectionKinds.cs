using System;

namespace Baton.Configuration.Catalog;

/// <summary>The sections of the language, as a set.</summary>
[Flags]
public enum SectionKinds : uint
{
    None = 0,
    Global = 1,
    Defaults = 2,
    Frontend = 4,
    Listen = 8,
    Backend = 16,
    Peers = 32,
    Resolvers = 64,
    Userlist = 128,
    Mailers = 256,
    Cache = 512,
    HttpErrors = 1024,
    Ring = 2048,
    LogForward = 4096,
    LogProfile = 8192,
    FcgiApp = 16384,
    CrtStore = 32768,
    Traces = 65536,
    Program = 131072,
    Acme = 262144,
    HealthCheck = 524288,

    Frontends = Frontend | Listen,
    Backends = Listen | Backend,
    NamedProxies = Frontend | Listen | Backend,
    FrontSide = Defaults | Frontends,
    BackSide = Defaults | Backends,
    Proxies = Defaults | NamedProxies,
}
