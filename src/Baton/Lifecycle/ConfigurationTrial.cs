// What -c, "baton check" and a start decide in the same way: whether the parsed configuration can be built (names that resolve, formats
// that compile), and whether there is anything to listen on.
using System;
using System.Collections.Generic;
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Model;
using Baton.Engine.Build;

namespace Baton.Lifecycle;

internal static class ConfigurationTrial
{
    public const string Valid = "Configuration file is valid\n";
    public const string NoListener = "Configuration file has no error but will not start (no listener) => exit(2).\n";
    public const string WarningsAreFatal = "config : Some warnings were found and 'zero-warning' is set. Aborting.";

    /// <summary>Builds what would serve, and throws it away; what there is to say is with the builder.</summary>
    public static EngineBuilder Build(ProcessConfig config, out bool isRight)
    {
        var builder = new EngineBuilder(config, new ResourceLimits(Math.Max(1, config.Global.MaxConn), 1024)) { Workers = 1 };
        isRight = builder.Build() is not null;
        return builder;
    }

    public static bool HasListener(ProcessConfig config) =>
        config.Global.StatsSockets.Count > 0
        || config.Proxies.Exists(static p => !p.Disabled && p.Binds.Count > 0)
        || config.Peers.Exists(static p => p.IsUsable && p.Bind is { Addresses.Count: > 0 });

    /// <summary>What the builder found, in the order of its finding, warnings first.</summary>
    public static List<Diagnostic> Findings(EngineBuilder builder)
    {
        var all = builder.Warnings.ConvertAll(static w => Of(Severity.Warning, w));
        all.AddRange(builder.Errors.ConvertAll(static e => Of(Severity.Alert, e)));
        return all;
    }

    private static Diagnostic Of(Severity severity, BuildError found) =>
        new(severity, found.Position, found.Message, "") { Located = found.IsOfLine };
}
