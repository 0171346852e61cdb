// A "set-proxy-v2-tlv-fmt" option of a server: a field of the PROXY header and its value.
namespace Baton.Configuration.Model;

/// <summary>A field's type and what it is filled with.</summary>
public sealed record ProxyFieldConfig(byte Type, Expressions.LogFormatConfig Value);
