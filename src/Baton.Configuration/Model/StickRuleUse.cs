using System;

namespace Baton.Configuration.Model;

/// <summary>What a "stick" line does.</summary>
[Flags]
public enum StickRuleUse : byte
{
    Match = 1,
    StoreRequest = 2,
    StoreResponse = 4,
}
