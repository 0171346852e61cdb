namespace Baton.Configuration.Expressions;

/// <summary>The types of samples (manual, "Converters" and "Fetching samples").</summary>
public enum SampleType : byte
{
    Any,
    Bool,
    Integer,
    Address,
    IPv4,
    IPv6,
    String,
    Binary,
    Method,
    Same,
}
