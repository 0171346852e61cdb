// What -v and -vv print: HAProxy's layout, because scripts look for its lines, and what is true of Baton in it.
using System;
using System.IO;
using Baton.Configuration.Conditions;
using Baton.Interop.Linux;

namespace Baton.Commands;

internal static class BuildDescription
{
    /// <summary>Two lines say who this is; through a link named haproxy the one that scripts expect comes first.</summary>
    public static string Version()
    {
        string own =
            $"Baton version {Program.Version} {Program.ReleaseDate}, speaking the configuration language of HAProxy {Program.LanguageVersion}\n";
        string compatible = $"HAProxy version {Program.LanguageVersion}-baton-{Program.Version} {Program.ReleaseDate} - spoken by Baton\n";
        bool asHaproxy = Path.GetFileName(Environment.GetCommandLineArgs()[0]).StartsWith("haproxy", StringComparison.Ordinal);
        return (asHaproxy ? compatible + own : own + compatible) + $"Running on: {SystemIdentity.Describe()}\n";
    }

    public const string Polling =
        "Available polling systems :\n      epoll : pref=300,  test result OK\nTotal: 1 (1 usable), will use epoll.\n";

    public static string Full() =>
        Version()
        + "Build options :\n"
        + $"  TARGET  = {(OperatingSystem.IsLinux() ? "linux-glibc" : "unknown")}\n"
        + $"  CPU     = {System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}\n"
        + $"  CC      = NativeAOT, .NET {Environment.Version}\n"
        + "  OPTIONS = USE_PCRE2=1 USE_PCRE2_JIT=1 USE_SYSTEMD=1\n\n"
        + $"Feature list : {BuildFeatures.Describe()}\n\n"
        + "Default settings :\n  bufsize = 16384, maxrewrite = 1024, maxpollevents = 200\n\n"
        + $"Built with multi-threading support (default={Processes.Affinity().Length}).\n"
        + "Built with network namespace support.\n"
        + "Built with transparent proxy support using: IP_TRANSPARENT IPV6_TRANSPARENT IP_FREEBIND\n"
        + "Built with PCRE2, loaded when a regular expression needs it.\nPCRE2 library supports JIT : yes\n"
        + "Encrypted password support via crypt(3): yes\n\n"
        + Polling
        + "\n"
        + "Available multiplexer protocols :\n(protocols marked as <default> cannot be specified using 'proto' keyword)\n"
        + "  <default> : mode=HTTP  side=FE|BE  mux=H1    flags=\n         h1 : mode=HTTP  side=FE|BE  mux=H1    flags=NO_UPG\n"
        + "  <default> : mode=TCP   side=FE|BE  mux=PASS  flags=\n       none : mode=TCP   side=FE|BE  mux=PASS  flags=NO_UPG\n\n"
        + "Available services : none\n\nAvailable filters : none\n";
}
