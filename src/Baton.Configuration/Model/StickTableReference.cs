using Baton.Configuration.Expressions;

namespace Baton.Configuration.Model;

/// <summary>Where something names a table, which may be declared further on.</summary>
/// <param name="Name">Empty for the section's own.</param>
/// <param name="User">Who names it, for messages: "track-sc0".</param>
/// <param name="Key">What its keys are made of there; Any when that is not known.</param>
public sealed record StickTableReference(string Name, string User, ProxyConfig? Section, SampleType Key, SourcePosition At)
{
    /// <summary>Known once the whole configuration has been read.</summary>
    public StickTableConfig? Table { get; internal set; }

    /// <summary>Finds the table; false when there is none.</summary>
    public bool Link(ProcessConfig process)
    {
        if (Name.Length > 0)
            Table = process.FindStickTable(Name);
        else if (Section is { Capabilities: not ProxyCapabilities.Defaults })
            Table = Section.StickTable;
        return Table is not null;
    }

    /// <summary>What the table has to store for its user; null when that is not asked.</summary>
    public StickDataType? NeedsData { get; init; }

    /// <summary>The rule writes servers down there: a table that has no server_id gets it.</summary>
    public bool NeedsServer { get; init; }
}
