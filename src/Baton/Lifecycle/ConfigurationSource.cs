// Runs the configuration parser and words its report as HAProxy does: notices about the program first, then every fault.
using System.Text;
using Baton.Configuration;
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Model;
using Baton.Interop.Linux;

namespace Baton.Lifecycle;

internal static class ConfigurationSource
{
    /// <summary>The configuration, or null; either way <paramref name="report"/> is what belongs on stderr.</summary>
    public static ProcessConfig? Load(CommandLine line, out string report)
    {
        int pid = Processes.getpid();
        var loader = new ConfigurationLoader(Expressions.Create);
        ProcessConfig? config = loader.Load(line.Files);
        if (config is not null)
        {
            if (line.MaxConn > 0) config.Global.MaxConn = line.MaxConn;
            if (line.NoSplice) config.Global.NoSplice = true;
            if (line.LocalPeer is not null) config.Global.LocalPeer = line.LocalPeer;
            foreach (ProxyConfig p in config.Proxies) if (line.MaxConnPerProxy > 0 && p.IsFrontend && p.MaxConn < 0) p.MaxConn = line.MaxConnPerProxy;
        }
        bool failOnWarning = (line.ZeroWarning || config is { Global.ZeroWarning: true }) && loader.Diagnostics.Warnings > 0;
        var text = new StringBuilder();
        if (loader.Diagnostics.All.Count > 0 && !(line.Quiet && config is not null))
        {
            text.Append($"[NOTICE]   ({pid}) : haproxy version is {Program.LanguageVersion} (Baton {Program.Version})\n");
            text.Append(DiagnosticFormatter.Format(loader.Diagnostics.All, pid));
        }
        foreach (string file in loader.FaultyFiles) text.Append($"[ALERT]    ({pid}) : config : Error(s) found in configuration file : {file}\n");
        if (config is null) text.Append($"[ALERT]    ({pid}) : config : Fatal errors found in configuration.\n");
        else if (failOnWarning) text.Append($"[ALERT]    ({pid}) : config : Some warnings were found and 'zero-warning' is set. Aborting.\n");
        report = text.ToString();
        return failOnWarning ? null : config;
    }
}
