namespace Baton.Configuration.Catalog;

/// <summary>What Baton does with a word of HAProxy's language.</summary>
public enum KeywordStatus : byte
{
    /// <summary>Works.</summary>
    Built,

    /// <summary>Accepted with a warning: it advises on performance, or names something that cannot exist here.</summary>
    Hint,

    /// <summary>Known, and an error until it is built.</summary>
    Refused,

    /// <summary>HAProxy removed it; the error says what to use.</summary>
    Obsolete,
}
