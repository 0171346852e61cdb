// Runs the configuration parser and words its report as HAProxy does: notices about the program first, then every fault.
using System;
using System.Collections.Generic;
using System.Text;
using Baton.Configuration;
using Baton.Configuration.Catalog;
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Lexing;
using Baton.Configuration.Model;
using Baton.Configuration.Sections;
using Baton.Interop.Linux;

namespace Baton.Lifecycle;

internal static class ConfigurationSource
{
    /// <summary>The configuration, or null; either way <paramref name="report"/> is what belongs on stderr.</summary>
    public static ProcessConfig? Load(CommandLine line, out string report, out bool warned)
    {
        int pid = Processes.getpid();
        PredefineVariables(line.Files, line.LocalPeer);
        // a check has nobody who would ask for it
        ConfigurationRecord? record = line.Check || line.DumpConfiguration ? null : new ConfigurationRecord();
        var loader = new ConfigurationLoader(Expressions.Create)
        {
            Echo =
                line.DumpConfiguration ? Dump
                : record is null ? null
                : record.Add,
        };
        if (line.LocalPeer is not null)
            (loader.Process.Global.LocalPeer, loader.Process.Global.HasLocalPeerOption) = (line.LocalPeer, true);
        ProcessConfig? config = line.BuiltIn is { } built ? loader.LoadOnly(built.Text, built.Name) : loader.Load(line.Files);
        if (record is not null)
            Control.Cli.InformationCommands.Configuration = record.Text;
        if (config is not null)
            Apply(line, config);
        List<Diagnostic> said = [.. loader.Diagnostics.All];
        if (!line.DiagMode)
            said.RemoveAll(static d => d.Severity == Severity.Diag);
        warned = loader.Diagnostics.Warnings > 0;
        bool failOnWarning = (line.ZeroWarning || config is { Global.ZeroWarning: true }) && warned;
        var text = new StringBuilder();
        // "quiet" keeps warnings to itself, but not what keeps the process from starting
        if (loader.Process.Global.Quiet && !failOnWarning)
            said.RemoveAll(static d => d.Severity != Severity.Alert);
        if (said.Count > 0)
        {
            text.Append(Introduction(pid));
            text.Append(DiagnosticFormatter.Format(said, pid));
        }
        foreach (string file in loader.FaultyFiles)
            text.Append($"[ALERT]    ({pid}) : config : Error(s) found in configuration file : {file}\n");
        if (config is null)
            text.Append($"[ALERT]    ({pid}) : config : Fatal errors found in configuration.\n");
        else if (failOnWarning)
            text.Append($"[ALERT]    ({pid}) : {ConfigurationTrial.WarningsAreFatal}\n");
        report = text.ToString();
        return failOnWarning ? null : config;
    }

    public static string Introduction(int pid) =>
        $"[NOTICE]   ({pid}) : haproxy version is {Program.LanguageVersion} (Baton {Program.Version})\n[NOTICE]   ({pid}) : path to executable is {Environment.GetCommandLineArgs()[0]}\n";

    /// <summary>What the command line says over the files.</summary>
    private static void Apply(CommandLine line, ProcessConfig config)
    {
        if (line.MaxConn > 0)
            config.Global.MaxConn = line.MaxConn;
        if (line.NoSplice)
            config.Global.NoSplice = true;
        if (line.NoReusePort)
            config.Global.NoReusePort = true;
        if (line.IgnoreUnresolved)
            config.Global.IgnoreUnresolvedServers = true;
        foreach (ProxyConfig p in config.Proxies)
            if (line.MaxConnPerProxy > 0 && p.IsFrontend && p.MaxConn < 0)
                p.MaxConn = line.MaxConnPerProxy;
    }

    /// <summary>Variables that files may use, conditions ask for and samples read (manual 2.3).</summary>
    internal static void PredefineVariables(IReadOnlyList<string> files, string? localPeer = null)
    {
        Environment.SetEnvironmentVariable("HAPROXY_BRANCH", Program.LanguageVersion[..Program.LanguageVersion.LastIndexOf('.')]);
        Environment.SetEnvironmentVariable("HAPROXY_CFGFILES", string.Join(';', files));
        Environment.SetEnvironmentVariable("HAPROXY_LOCALPEER", localPeer ?? Processes.HostName());
        Environment.SetEnvironmentVariable("HAPROXY_STARTUP_VERSION", $"{Program.LanguageVersion}-baton-{Program.Version}");
        foreach ((string name, string format) in ProxyOptionLines.Formats)
            Environment.SetEnvironmentVariable(name, format);
    }

    /// <summary>-dC: a line as it is understood, without comments, its variables replaced.</summary>
    private static void Dump(SourcePosition at, IReadOnlyList<Word> words)
    {
        var text = new StringBuilder(SectionNames.Find(words[0].Text) == SectionKinds.None ? "\t" : "");
        foreach (Word word in words)
            text.Append(word.Text).Append(' ');
        StandardStreams.Out(text.Append('\n').ToString());
    }
}
