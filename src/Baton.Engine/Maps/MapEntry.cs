using System.Text;

namespace Baton.Engine.Maps;

/// <summary>One line of a map; never changed, so that a lookup may go on with it after it has been replaced.</summary>
public sealed class MapEntry(string key, string value)
{
    public string Key { get; } = key;
    public string Value { get; } = value;
    internal byte[] KeyBytes { get; } = Encoding.UTF8.GetBytes(key);
    internal byte[] ValueBytes { get; } = Encoding.UTF8.GetBytes(value);
}
