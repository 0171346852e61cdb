// "add backend" of the runtime API: a backend that starts from a named defaults section, checked as a section of the configuration is.
using System.Collections.Generic;
using System.Linq;
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Model;

namespace Baton.Configuration.Sections;

public static class DynamicBackend
{
    /// <summary>The backend, without a number yet; null and the reason when it cannot be.</summary>
    /// <param name="running">The configuration that runs.</param>
    /// <param name="from">The defaults section it starts from.</param>
    /// <param name="mode">"tcp" or "http"; null for what the defaults section says.</param>
    public static ProxyConfig? Make(ProcessConfig running, string name, string from, string? mode, string? guid, out string error)
    {
        List<ProxyConfig> named = running.Defaults.FindAll(d => d.Name == from);
        error = Fault(running, name, from, named, mode, guid);
        if (error.Length > 0)
            return null;
        var backend = ProxyConfig.Inherit(named[0], name, ProxyCapabilities.Backend, named[0].Position);
        if (mode is not null)
            backend.Mode = mode == "http" ? ProxyMode.Http : ProxyMode.Tcp;
        backend.Guid = guid;
        // a copy that is switched off would be no backend at all
        backend.Disabled = false;
        var sink = new DiagnosticSink();
        ConfigurationValidator.Check(backend, running, sink, [], static _ => null);
        if (sink.Errors > 0)
            error = sink.All.First(static d => d.Severity == Severity.Alert).Message;
        return error.Length == 0 ? backend : null;
    }

    private static string Fault(ProcessConfig running, string name, string from, List<ProxyConfig> named, string? mode, string? guid)
    {
        if (ServerLine.InvalidNameCharacter(name) is { } bad)
            return $"character '{bad}' is not permitted in backend name '{name}'.";
        if (from.Length == 0 || named.Count == 0)
            return $"No defaults section '{from}'{(running.Global.PurgesDefaults ? " is kept (tune.defaults.purge)" : "")}.";
        if (named.Count > 1)
            return $"Defaults section name '{from}' is ambiguous.";
        if (mode is not (null or "tcp" or "http"))
            return $"Mode '{mode}' is not known, 'tcp' or 'http' is expected.";
        if (mode is null && !named[0].HasMode)
            return $"Defaults section '{from}' says no mode, so the command has to.";
        if (named[0].ErrorLines.Count > 0)
            return $"Defaults section '{from}' has errors of its own (errorfile, http-error and the like), "
                + "which a dynamic backend cannot have.";
        if (IsOfFrontends(running, named[0]))
            return $"Defaults section '{from}' has TCP or HTTP rules and is a frontend's, so it cannot be a backend's.";
        if (guid is not null && GuidLines.Fault(guid) is { } fault)
            return $"'guid' : {fault}.";
        return "";
    }

    /// <summary>COMPAT: rules of a defaults section are for frontends or for backends.</summary>
    private static bool IsOfFrontends(ProcessConfig running, ProxyConfig defaults) =>
        defaults.HasRules
        && running.Proxies.Exists(p => p.IsFrontend && p.RuleLists.Exists(list => list.Exists(rule => rule.Proxy == defaults)));
}
