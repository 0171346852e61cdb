// What only the whole configuration shows: references between sections, modes that do not fit, missing pieces.
using System.Collections.Generic;
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Model;

namespace Baton.Configuration;

internal static class ConfigurationValidator
{
    public static void Validate(ProcessConfig process, DiagnosticSink sink)
    {
        var backends = new Dictionary<string, ProxyConfig>();
        foreach (ProxyConfig p in process.Proxies) if (p.IsBackend) backends[p.Name] = p;
        foreach (UserListConfig list in process.UserLists) Members(list, sink);
        foreach (ProxyConfig p in process.Proxies)
        {
            if (p.Disabled) continue;
            if (p.IsFrontend) Frontend(p, backends, sink);
            CookieCapture(p, process.Global, sink);
            if (p.IsBackend) Backend(p, sink);
            Timeouts(p, sink);
            if (p.LogFormat is not null && p.Logs.Count == 0 && p.IsFrontend)
                Whole(sink, Severity.Warning, $"log format ignored for {Kind(p)} '{p.Name}' since it has no log address.");
        }
    }

    /// <summary>Users and groups of a userlist may name each other before they are declared, but have to exist.</summary>
    private static void Members(UserListConfig list, DiagnosticSink sink)
    {
        foreach (UserConfig user in list.Users.Values)
            foreach (string group in user.Groups)
                if (!list.Groups.ContainsKey(group)) sink.Error(user.Position, $"userlist '{list.Name}': no such group '{group}' specified in user '{user.Name}'", group);
        foreach ((string group, List<string> members) in list.Groups)
            foreach (string member in members)
                if (!list.Users.ContainsKey(member)) sink.Error(list.Position, $"userlist '{list.Name}': no such user '{member}' specified in group '{group}'", member);
    }

    private static void Frontend(ProxyConfig p, Dictionary<string, ProxyConfig> backends, DiagnosticSink sink)
    {
        if (p.Binds.Count == 0 && !p.IsBackend) Whole(sink, Severity.Warning, $"{Kind(p)} '{p.Name}' has no 'bind' directive. Please declare it as a backend if this was intended.");
        if (p.DefaultBackend is { } name && !p.IsBackend)
        {
            if (!backends.TryGetValue(name, out ProxyConfig? target)) Whole(sink, Severity.Alert, $"Proxy '{p.Name}': unable to find required default_backend: '{name}'.");
            else Modes(p, target, sink);
        }
        foreach (UseBackendConfig use in p.UseBackends)
        {
            if (!use.BackendName.IsLiteral) continue;
            string wanted = use.BackendName.Text;
            if (!backends.TryGetValue(wanted, out ProxyConfig? target)) Whole(sink, Severity.Alert, $"Proxy '{p.Name}': unable to find required use_backend: '{wanted}'.");
            else Modes(p, target, sink);
        }
    }

    /// <summary>tune.http.cookielen bounds what is kept of a cookie.</summary>
    private static void CookieCapture(ProxyConfig p, GlobalConfig global, DiagnosticSink sink)
    {
        if (p.CookieCapture is not { } capture || capture.Length <= global.CapturedCookieLength) return;
        Whole(sink, Severity.Warning, $"truncating capture length to {global.CapturedCookieLength} bytes for {Kind(p)} '{p.Name}'.");
        p.CookieCapture = (capture.Name, global.CapturedCookieLength);
    }

    private static void Modes(ProxyConfig frontend, ProxyConfig backend, DiagnosticSink sink)
    {
        if (frontend.Mode == backend.Mode || frontend.Mode == ProxyMode.Tcp && backend.Mode == ProxyMode.Http) return;
        Whole(sink, Severity.Alert, $"{Kind(frontend)} '{frontend.Name}' (mode {Mode(frontend)}) tries to use incompatible backend '{backend.Name}' (mode {Mode(backend)}) at {backend.Position}.");
    }

    private static void Backend(ProxyConfig p, DiagnosticSink sink)
    {
        var names = new Dictionary<string, ServerConfig>();
        foreach (ServerConfig s in p.Servers)
            if (!names.TryAdd(s.Name, s))
                sink.Error(s.Position, $"'server {s.Name}' : another server named '{s.Name}' was already defined at line {names[s.Name].Position.Line}, please use distinct names.", s.Name);
        foreach (UseServerConfig use in p.UseServers)
            if (use.ServerName.IsLiteral && !names.ContainsKey(use.ServerName.Text))
                sink.Error(use.Position, $"unable to find server '{use.ServerName.Text}' in proxy '{p.Name}' referenced in a 'use-server' rule.", use.ServerName.Text);
    }

    private static void Timeouts(ProxyConfig p, DiagnosticSink sink)
    {
        bool missing = p.IsFrontend && p.Timeouts.Client < 0 || p.IsBackend && p.Servers.Count > 0 && (p.Timeouts.Connect < 0 || p.Timeouts.Server < 0);
        if (!missing) return;
        Whole(sink, Severity.Warning, $"missing timeouts for {Kind(p)} '{p.Name}'.\n"
            + "   | While not properly invalid, you will certainly encounter various problems\n"
            + "   | with such a configuration. To fix this, please ensure that all following\n"
            + "   | timeouts are set to a non-zero value: 'client', 'connect', 'server'.");
    }

    private static string Kind(ProxyConfig p) => p.IsFrontend && p.IsBackend ? "proxy" : p.IsFrontend ? "frontend" : "backend";

    private static string Mode(ProxyConfig p) => p.Mode == ProxyMode.Http ? "http" : "tcp";

    private static void Whole(DiagnosticSink sink, Severity severity, string message) => sink.Add(new Diagnostic(severity, default, message, "") { Located = false });
}
