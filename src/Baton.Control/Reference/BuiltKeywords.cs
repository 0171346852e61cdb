// Which words the rooms implement, read from the tables that stand beside the implementations. A room that lands a table
// is added here once; its rows then need nothing else to show up as supported.
using System.Collections.Generic;
using Baton.Configuration.Catalog;

namespace Baton.Control.Reference;

public static class BuiltKeywords
{
    /// <summary>Family and name of every word that works.</summary>
    public static HashSet<(KeywordFamily Family, string Name)> Collect() => [];
}
