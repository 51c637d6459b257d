"""The addresses of micboard, the program for a browser by karlcswanson, answered to watch and no more."""
