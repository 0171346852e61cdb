namespace Baton.Configuration.Expressions;

/// <summary>What one argument of a fetch, converter or action is; the parser converts and checks it.</summary>
public enum ArgumentKind : byte
{
    Integer,
    Time,
    Size,
    String,
    IPv4,
    IPv6,
    Mask,
    Frontend,
    Backend,
    Server,

    /// <summary>The name of a stick table (Value: StickTableReference).</summary>
    Table,

    /// <summary>The same, and the section's own table where it is left out.</summary>
    OwnTable,
    UserList,
    Resolvers,
    Variable,
    Regex,
    Map,
    File,

    /// <summary>A log-format string, parsed to <see cref="LogFormatConfig"/>.</summary>
    Format,

    /// <summary>A sample expression, parsed to <see cref="SampleExpressionConfig"/>.</summary>
    Sample,

    /// <summary>An ACL condition.</summary>
    Condition,

    /// <summary>One of the words in ArgumentSpec.Choices.</summary>
    Choice,
    Status,

    /// <summary>Text used as bytes (Value: byte[]).</summary>
    Bytes,

    /// <summary>Letters that modify a regular expression given before: g, i.</summary>
    RegexFlags,

    /// <summary>A time, or a sample expression that gives one in milliseconds.</summary>
    TimeOrSample,

    /// <summary>A size, or a sample expression that gives one in bytes.</summary>
    SizeOrSample,

    /// <summary>The name of an ACL of the section, "!" before it for the opposite (Value: AclTerm).</summary>
    Acl,

    /// <summary>A number, or a sample expression that gives one.</summary>
    IntegerOrSample,
    Address,

    /// <summary>A number, or the name of a variable that holds one.</summary>
    IntegerOrVariable,

    /// <summary>Text, or the name of a variable that holds it.</summary>
    TextOrVariable,
}
