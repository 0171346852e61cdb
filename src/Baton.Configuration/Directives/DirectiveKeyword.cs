using Baton.Configuration.Catalog;

namespace Baton.Configuration.Directives;

/// <summary>
/// A row of a directive table: a line keyword that Baton implements. The name holds two words where the first alone
/// decides nothing ("timeout client"). Words that are not built stand in the keyword catalog.
/// </summary>
public sealed record DirectiveKeyword(string Name, SectionKinds Sections, DirectiveParser Parse, bool Negatable = false)
{
    /// <summary>In a defaults section only when that has a name: what all sections inherit unasked should not hold rules.</summary>
    public bool NeedsNamedDefaults { get; init; }
}
