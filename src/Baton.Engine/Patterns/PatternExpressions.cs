using System.Collections.Generic;
using Baton.Core.Text;
using Baton.Engine.Samples;

namespace Baton.Engine.Patterns;

/// <summary>
/// Keys of a list as regular expressions, each compiled once: a change of one entry leaves the others as they are. OWNER: the lock of
/// the list.
/// </summary>
internal sealed class PatternExpressions
{
    private readonly Dictionary<(string Key, bool IgnoreCase), RegularExpression> _known = [];

    public bool IsUsed => _known.Count > 0;

    /// <summary>Null when the key is none.</summary>
    public RegularExpression? Get(string key, bool ignoreCase, out string error)
    {
        error = "";
        if (_known.TryGetValue((key, ignoreCase), out RegularExpression? known))
            return known;
        if (RegularExpression.Create(key, ignoreCase, out error) is not { } compiled)
            return null;
        return _known[(key, ignoreCase)] = compiled;
    }

    // SAFETY: a node of the list, whose lock is held
    public unsafe RegularExpression Get(PatternNode* node, bool ignoreCase) =>
        Get(ByteText.Decode(PatternNode.Key(node)), ignoreCase, out _)!;

    /// <summary>The last entry of the key has gone.</summary>
    public void Forget(string key)
    {
        _known.Remove((key, true));
        _known.Remove((key, false));
    }
}
