// How a sample is compared with the patterns of an ACL: the -m flag and the suffixes of fetches (manual 7.1.3).
namespace Baton.Configuration.Expressions;

public enum AclMatchMethod : byte
{
    Default,
    Found,
    Bool,
    Integer,
    Ip,
    Binary,
    Length,
    String,
    Begin,
    Substring,
    Directory,
    Domain,
    End,
    Regex,
}
