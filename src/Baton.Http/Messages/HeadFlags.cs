// What the fields of a head said, one bit each; behind the properties of MessageHead.
using System;

namespace Baton.Http.Messages;

[Flags]
internal enum HeadFlags : ushort
{
    None = 0,
    Close = 1,
    KeepAlive = 2,
    Upgrade = 4,
    HasUpgrade = 8,
    HasConnection = 16,
    ExpectContinue = 32,
    IsResponse = 64,
    HasHopByHop = 128,
    DoubtfulEnd = 256,
}
