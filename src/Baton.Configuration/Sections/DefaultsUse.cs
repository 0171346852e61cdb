// Who starts from which defaults section, and whether it may: rules and captures of a defaults section are for frontends or for
// backends, never for both, and a section is designated by its name or taken because it is the last one, not both.
using System.Collections.Generic;
using Baton.Configuration.Catalog;
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Model;

namespace Baton.Configuration.Sections;

internal sealed class DefaultsUse(DiagnosticSink diagnostics)
{
    private sealed class Use
    {
        public bool Explicit,
            Implicit,
            Front,
            Back;
    }

    private readonly Dictionary<ProxyConfig, Use> _uses = [];

    /// <summary>A section of the kind begins and takes its settings from <paramref name="defaults"/>, which it names or not.</summary>
    public void Note(ProxyConfig defaults, SectionKinds kind, string word, bool isNamed, SourcePosition at)
    {
        if (!_uses.TryGetValue(defaults, out Use? use))
            _uses[defaults] = use = new Use();
        if (kind != SectionKinds.Defaults)
            CheckMix(use, defaults, isNamed, at);
        if (isNamed && ServerLine.InvalidNameCharacter(defaults.Name) is { } bad)
            diagnostics.Error(
                at,
                $"character '{bad}' is not permitted in the name of the defaults section '{defaults.Name}' that is referred to (declared at {defaults.Position}).",
                defaults.Name
            );
        if (kind == SectionKinds.Frontend)
            use.Front = true;
        else if (kind == SectionKinds.Backend)
            use.Back = true;
        string where = $"(defaults section '{defaults.Name}' at {defaults.Position})";
        if (defaults.HasRules)
        {
            if (kind is SectionKinds.Defaults or SectionKinds.Listen)
                diagnostics.Error(at, $"a {word} section cannot inherit from a defaults section that has TCP or HTTP rules {where}.", word);
            else if (use is { Front: true, Back: true })
                diagnostics.Error(
                    at,
                    $"frontends and backends cannot both inherit from a defaults section that has TCP or HTTP rules {where}.",
                    word
                );
        }
        else if (kind != SectionKinds.Frontend && defaults.RequestCaptures.Count + defaults.ResponseCaptures.Count > 0)
            diagnostics.Error(at, $"a {word} section cannot inherit from a defaults section that has captures {where}.", word);
    }

    /// <summary>COMPAT: an alert that refuses nothing, also where warnings do.</summary>
    private void CheckMix(Use use, ProxyConfig defaults, bool isNamed, SourcePosition at)
    {
        if (isNamed)
            use.Explicit = true;
        else
            use.Implicit = true;
        if (!use.Explicit || !use.Implicit || defaults.Name.Length == 0)
            return;
        string here = isNamed
            ? "is used unasked by another proxy and referred to by its name here"
            : "is referred to by its name by another proxy and used unasked here";
        diagnostics.Add(
            new Diagnostic(
                Severity.Alert,
                at,
                $"defaults section '{defaults.Name}' (declared at {defaults.Position}) {here}. Better refer to every one by its name, or put a last one in front of those that do not.",
                defaults.Name
            )
            {
                Continues = true,
            }
        );
    }
}
