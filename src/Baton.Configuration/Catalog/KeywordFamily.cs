namespace Baton.Configuration.Catalog;

/// <summary>Where in the language a word stands; names are unique within a family and a section.</summary>
public enum KeywordFamily : byte
{
    /// <summary>The word that opens a section.</summary>
    Section,

    /// <summary>A line of a section; the name holds two or three words where the first alone decides nothing ("option httplog").</summary>
    Directive,
    BindOption,
    ServerOption,

    /// <summary>An option of a certificate in a crt-store or crt-list.</summary>
    CertificateOption,

    /// <summary>What a rule does.</summary>
    Action,
    SampleFetch,
    Converter,
    PredefinedAcl,
    LogFormatAlias,
    BalanceAlgorithm,
    Filter,
    Service,

    /// <summary>What a stick table stores.</summary>
    TableData,

    /// <summary>A line that begins with a dot: conditional blocks and messages.</summary>
    Preprocessor,

    /// <summary>A test in a condition of such a line, and of "-cc".</summary>
    Predicate,

    /// <summary>A command of the runtime API.</summary>
    Command,
}
