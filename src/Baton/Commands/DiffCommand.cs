// "baton diff OLD NEW": what a reload from one configuration to the other would change: lines, and what becomes of listeners, servers and
// those who are connected to them.
using System;
using System.Collections.Generic;
using System.Text;
using Baton.Configuration;
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Model;
using Baton.Interop.Linux;
using Baton.Lifecycle;

namespace Baton.Commands;

internal static class DiffCommand
{
    public const string Arguments = "OLD NEW";
    public const string Summary =
        "says what a reload from one configuration to another would change; exit status 0 for nothing, 1 for something, 2 for trouble";

    private const int Same = 0,
        Different = 1,
        Trouble = 2;

    public static int Run(string[] args)
    {
        if (args.Length != 2)
        {
            Companions.Find("diff")!.Refuse("'baton diff' takes two configurations: files, or directories with *.cfg in them.");
            return Trouble;
        }
        if (Load(args[0], out string before) is not { } old || Load(args[1], out string after) is not { } next)
            return Trouble;
        string? text = Describe(old, before, next, after);
        StandardStreams.Out(text ?? "The same configuration, line by line.\n");
        return text is null ? Same : Different;
    }

    /// <summary>What becomes another one, and what that means for those who are connected; null for nothing.</summary>
    internal static string? Describe(ProcessConfig old, string before, ProcessConfig next, string after)
    {
        string lines = ConfigurationDifference.Describe(before, after);
        if (lines.Length == 0)
            return null;
        var text = new StringBuilder(lines);
        List<string> effects = [.. Listeners(old, next), .. Servers(old, next)];
        if (effects.Count > 0)
            text.Append("\nA reload:\n");
        foreach (string effect in effects)
            text.Append("    ").Append(effect).Append('\n');
        return text.ToString();
    }

    private static ProcessConfig? Load(string path, out string text)
    {
        ConfigurationSource.PredefineVariables([path]);
        var record = new ConfigurationRecord();
        var loader = new ConfigurationLoader(Expressions.Create) { Echo = record.Add };
        ProcessConfig? config = loader.Load([path]);
        text = Encoding.UTF8.GetString(record.Text.Span);
        if (config is null)
        {
            foreach (Diagnostic d in loader.Diagnostics.All)
                if (d.Severity == Severity.Alert)
                    StandardStreams.Error(DiagnosticFormatter.Explain(d, null, false));
            StandardStreams.Error($"'{path}' is wrong: 'baton check {path}' shows where.\n");
        }
        return config;
    }

    /// <summary>Addresses by what they are bound to, with the section that serves them.</summary>
    private static Dictionary<string, string> AddressesOf(ProcessConfig config)
    {
        var all = new Dictionary<string, string>();
        foreach (ProxyConfig proxy in config.Proxies)
            if (!proxy.Disabled)
                foreach (BindConfig bind in proxy.Binds)
                foreach (AddressConfig address in bind.Addresses)
                    all.TryAdd(Written(address), proxy.Name);
        return all;
    }

    private static string Written(AddressConfig address) => address.Text;

    private static IEnumerable<string> Listeners(ProcessConfig old, ProcessConfig next)
    {
        Dictionary<string, string> before = AddressesOf(old),
            after = AddressesOf(next);
        foreach ((string address, string proxy) in after)
            if (!before.TryGetValue(address, out string? was))
                yield return $"+ listens on {address} for '{proxy}'";
            else if (was != proxy)
                yield return $"~ what comes on {address} goes to '{proxy}' and not to '{was}' any more";
        foreach ((string address, string proxy) in before)
            if (!after.ContainsKey(address))
                yield return $"- does not listen on {address} for '{proxy}' any more";
        foreach (ProxyConfig proxy in old.Proxies)
            if (proxy.IsFrontend && !proxy.Disabled && !next.Proxies.Exists(p => p.IsFrontend && !p.Disabled && p.Name == proxy.Name))
                yield return $"! connections of '{proxy.Name}' do not move: they end in the old process";
    }

    private static IEnumerable<string> Servers(ProcessConfig old, ProcessConfig next)
    {
        foreach (ProxyConfig backend in next.Proxies)
        {
            if (backend.Servers.Count == 0)
                continue;
            ProxyConfig? was = old.Proxies.Find(p => p.IsBackend && p.Name == backend.Name);
            foreach (ServerConfig server in backend.Servers)
            {
                ServerConfig? same = was?.Servers.Find(s => s.Name == server.Name);
                if (same is null)
                    yield return $"+ server {backend.Name}/{server.Name} is new, at {Written(server.Address)}";
                else if (Written(same.Address) != Written(server.Address))
                    yield return $"~ server {backend.Name}/{server.Name} is at {Written(server.Address)}"
                        + $" and not at {Written(same.Address)}";
            }
        }
        foreach (ProxyConfig backend in old.Proxies)
        foreach (ServerConfig server in backend.Servers)
            if (next.Proxies.Find(p => p.IsBackend && p.Name == backend.Name)?.Servers.Exists(s => s.Name == server.Name) != true)
                yield return $"! server {backend.Name}/{server.Name} is gone: what it serves now it serves to the end, in the old process";
    }
}
