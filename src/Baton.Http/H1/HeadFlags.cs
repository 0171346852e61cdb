// What the fields of a head said, one bit each; behind the properties of MessageHead.
using System;

namespace Baton.Http.H1;

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
    Chunked = 64,
    OtherEncoding = 128,
    IsResponse = 256,
    BareLineFeed = 512,
    HasHopByHop = 1024,
    DoubtfulEnd = 2048,
}
