"""The members' screen: find, register, look after."""
